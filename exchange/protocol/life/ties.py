"""Ties: the fold of what began and ended between a person and others, and the marital status that follows. Pure.

Invariant: a tie is in force from the fact that began it until one that ended it and holds later, whatever came first;
so the result is a function of the set of facts. A statement takes the place of all that its author knew by then.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations, islice
from typing import Any

import msgspec

from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.person import Stated
from events.catalogue.values import Other, TieKind
from events.envelope import Ref
from events.names import spellings
from events.standing import Standing
from exchange.protocol.comparing.compare import differences
from exchange.protocol.record import Contradiction, Tie

INVERSE: Mapping[TieKind, TieKind] = {
    "spouse": "spouse",
    "parent": "child",
    "child": "parent",
    "guardian": "ward",
    "ward": "guardian",
}
MARITAL_STATUS = "marital_status"
MARRIED, WIDOWED, DIVORCED, NOT_STATED = "20", "30", "40", "90"  # of the code list
_UNNAMED = ""  # who is stated without a name may be anybody who is stated
_MARRIED_IN_DETAIL = frozenset({MARRIED, "21", "22", "23"})
_AFTER: Mapping[str, str] = {"divorce": DIVORCED, "death": WIDOWED}


class Ties:
    """The mutable state of one fold over facts in the order of K3. `began`: all that did, with what ended each.

    Invariant: `_open` numbers those in force of each kind, `_by` the same by who the other is; so one of hundreds is
    found without a look at the others.
    """

    def __init__(self) -> None:
        self.began: list[Tie] = []
        self._open: dict[TieKind, dict[int, None]] = {}
        self._by: dict[tuple[TieKind, str], dict[int, None]] = {}

    @property
    def all(self) -> tuple[Tie, ...]:
        """All that began, in a stable order."""
        return tuple(sorted(self.began, key=_order))

    @property
    def in_force(self) -> tuple[Tie, ...]:
        """Those that go on, in the same order."""
        return tuple(tie for tie in self.all if tie.until is None)

    def take(self, standing: Standing) -> None:
        """Take one fact, of whatever type."""
        payload = standing.payload
        if isinstance(payload, TieBegan):
            if not any(same(self.began[at], payload.other) for at in self._like(payload.tie, payload.other)):
                self._begin(_tie(payload.tie, payload.other, standing.day, standing.ref))
        elif isinstance(payload, TieEnded):
            self._end(payload, standing)

    def goes_on(self, kind: TieKind) -> bool:
        """Whether one of this kind is in force."""
        return bool(self._open.get(kind))

    def _begin(self, tie: Tie) -> None:
        self._open.setdefault(tie.tie, {})[len(self.began)] = None
        for key in _keys(tie.other):
            self._by.setdefault((tie.tie, key), {})[len(self.began)] = None
        self.began.append(tie)

    def _like(self, kind: TieKind, other: Other) -> Iterable[int]:
        """Those in force among which the tie with this person is, if there is one."""
        keys = _keys(other)
        if keys == {_UNNAMED}:
            return self._open.get(kind, ())
        more = () if other.person is not None else (_UNNAMED,)
        return {at for key in (*keys, *more) for at in self._by.get((kind, key), ())}

    def _end(self, end: TieEnded, standing: Standing) -> None:
        # What a statement says goes on may have begun only after an end that was recorded later than the statement.
        begun = (at for at in self._like(end.tie, end.other) if self.began[at].since <= standing.day)
        alike = [at for at in begun if same(self.began[at], end.other)]
        at = min(alike, key=lambda at: _order(self.began[at])) if alike else self._only(end, standing.day)
        if at is not None:
            ended = self.began[at]
            self.began[at] = msgspec.structs.replace(ended, until=standing.day, ended_by=standing.ref)
            del self._open[end.tie][at]
            for key in _keys(ended.other):
                del self._by[end.tie, key][at]

    def _only(self, end: TieEnded, day: str) -> int | None:
        """The only one of its kind, where it may be that with this person."""
        begun = (at for at in self._open.get(end.tie, ()) if self.began[at].since <= day)
        two = list(islice(begun, 2))
        return two[0] if len(two) == 1 and _may_mean(self.began[two[0]], end.other) else None

    def restate(self, standing: Standing) -> None:
        """Begin anew with what a statement says."""
        if isinstance(standing.payload, Stated):
            stated = standing.payload.ties
            self.began, self._open, self._by = [], {}, {}
            for each in stated:
                self._begin(_tie(each.tie, each.other, each.since or standing.day, standing.ref))


def ties(facts: Iterable[Standing], statement: Standing | None) -> Ties:
    """The ties of a record: by the keeper's statement and what was recorded since, else by all facts in force."""
    fold = Ties()
    if statement is not None:
        fold.restate(statement)
    since = statement.stamp if statement is not None else -1
    for standing in sorted((s for s in facts if not s.void), key=lambda s: s.order):
        if standing.stamp > since:
            fold.take(standing)
    return fold


def _keys(other: Other) -> set[str]:
    """What the same human shares one of: the id, else a spelling of the name, as `same` compares it."""
    if other.person is not None:
        return {f"id {other.person}"}
    name = other.stated.get("name")
    return {f"name {spelling}" for spelling in spellings(name)} if name is not None else {_UNNAMED}


def same(tie: Tie, other: Other) -> bool:
    """Whether both name the same human: by id, or as far as what is stated of them tells."""
    if tie.other.person is not None or other.person is not None:
        return tie.other.person == other.person
    at = {tie.other.at, other.at} - {None}
    return len(at) < 2 and not differences(tie.other.stated, other.stated)


def found(among: Iterable[Tie], kind: TieKind, other: Other) -> Tie | None:
    """The tie of this kind with this person."""
    return next((tie for tie in among if tie.tie == kind and same(tie, other)), None)


def meant(among: Iterable[Tie], kind: TieKind, other: Other) -> Tie | None:
    """The tie that an end is about: with this person; or the only one of its kind with somebody who was only stated."""
    held = [tie for tie in among if tie.tie == kind]
    exact = found(held, kind, other)
    if exact is not None or len(held) != 1:
        return exact
    return held[0] if _may_mean(held[0], other) else None


def _may_mean(only: Tie, other: Other) -> bool:
    """Whether an end may be about the only tie of its kind: with somebody who is known by no id, or a spouse."""
    return only.tie == "spouse" or only.other.person is None or other.person is None


def two_spouses(in_force: Iterable[Tie], facts: Mapping[Ref, Standing]) -> set[Contradiction]:
    """Nobody is married twice at once: each pair of facts that say so."""
    spouses = [tie.ref for tie in in_force if tie.tie == "spouse" and isinstance(facts[tie.ref].payload, TieBegan)]
    pairs = combinations(sorted(spouses), 2)
    return {Contradiction("two_spouses", pair) for pair in pairs}


def status_by(fact: Fact) -> str | None:
    """The marital status that a marriage, or its end, makes by itself; None where the fact says nothing of it."""
    if not isinstance(fact, TieBegan | TieEnded) or fact.tie != "spouse":
        return None
    return MARRIED if isinstance(fact, TieBegan) else _AFTER.get(fact.ground, NOT_STATED)


def marital_status(fold: Ties, standing: Standing, held: Any) -> Any:
    """The status after the fold has taken a fact. `held`: the one before, which may say more of a marriage."""
    status = status_by(standing.payload)
    if status is None:
        return held
    if fold.goes_on("spouse"):
        return held if held in _MARRIED_IN_DETAIL else MARRIED
    ended = any(tie.ended_by == standing.ref for tie in fold.began)
    return status if ended else held


def _tie(kind: TieKind, other: Other, since: str, ref: Ref) -> Tie:
    return Tie(tie=kind, other=other, since=since, ref=ref)


def _order(tie: Tie) -> tuple[str, str, Ref, str]:
    return (tie.tie, tie.since, tie.ref, tie.other.person or "")
