"""What is in force: each fact as its amendments leave it (DESIGN.md K4). Pure.

Decided from the highest stamp down: a void event acts on nothing; a retraction in force voids its target;
corrections in force apply per field, the highest stamp last. An automatic fact shares the fate of its cause.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar, TypeVarTuple

import msgspec

from events.catalogue import content_of, fact_of
from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, Disputed
from events.catalogue.fact import Fact
from events.envelope import Ref
from events.errors import Malformed
from events.event import Event
from events.parts import CONTAINERS

Heir = Callable[[Event], str]  # who answers today for the author of an event
Kept = TypeVar("Kept")
About = TypeVarTuple("About")


class Standing(msgspec.Struct, frozen=True, gc=False):
    """One fact as it now stands. `day` is its corrected `effective_on`; `author` whoever answers today for who recorded
    it.
    """

    event: Event
    ref: Ref
    stamp: int
    author: str
    payload: Fact
    day: str
    void: bool
    corrections: tuple[Ref, ...] = ()
    retraction: Ref | None = None

    @property
    def order(self) -> tuple[str, int, str, str]:
        """K3: facts sort by day, stamp, author, id."""
        frame = self.event.frame
        return (self.day, frame.stamp, frame.author, frame.id)


def as_recorded(event: Event) -> Standing:
    """The fact where nothing amends it."""
    frame = event.frame
    return Standing(event, frame.ref, frame.stamp, frame.author, event.payload, frame.effective_on, void=False)


class Facts(dict[Ref, Standing]):
    """Facts as they stand, by reference. Those of some kinds are found without a look at the others.

    Every rule asks for a few of the many kinds, most of which a dossier does not hold. Not changed once it is made.
    """

    __slots__ = ("_by_kind", "_in_force", "_kept")

    def __init__(self, facts: Mapping[Ref, Standing] | Iterable[tuple[Ref, Standing]] = ()) -> None:
        super().__init__(facts)
        self._by_kind = _by_kind(self.values())
        void = any(standing.void for standing in self.values())
        self._in_force = _by_kind(s for s in self.values() if not s.void) if void else self._by_kind
        self._kept: dict[object, Any] = {}

    def kept(self, pure: Callable[[Facts, *About], Kept], *about: *About) -> Kept:
        """What a pure function makes of these facts about something: found once, however often it is asked for."""
        key = (pure, *about)
        if key not in self._kept:
            self._kept[key] = pure(self, *about)
        return self._kept[key]  # type: ignore[no-any-return]  # of this function

    def of(self, kind: type[Fact], *more: type[Fact]) -> Sequence[Standing]:
        """Those whose payload is of one of these kinds, in force or not, in the order of all."""
        return self._among(self._by_kind, (kind, *more)) if more else self._by_kind.get(kind, ())

    def in_force(self, kind: type[Fact], *more: type[Fact]) -> Sequence[Standing]:
        """Those of them that are not void."""
        return self._among(self._in_force, (kind, *more)) if more else self._in_force.get(kind, ())

    def _among(
        self, by_kind: Mapping[type[Fact], Sequence[Standing]], kinds: tuple[type[Fact], ...]
    ) -> Sequence[Standing]:
        if by_kind.keys().isdisjoint(kinds):
            return ()
        held = tuple([kind for kind in kinds if kind in by_kind])
        if len(held) == 1:
            return by_kind[held[0]]
        key = (by_kind is self._in_force, held)
        if key not in self._kept:
            self._kept[key] = [standing for standing in by_kind[Fact] if isinstance(standing.payload, held)]
        return self._kept[key]  # type: ignore[no-any-return]  # of these kinds

    def root(self, standing: Standing) -> Standing:
        """The fact that an amendment amends, through amendments of amendments; of any other fact, itself."""
        while isinstance(standing.payload, Corrected | Retracted) and standing.payload.target in self:
            standing = self[standing.payload.target]
        return standing


def _by_kind(facts: Iterable[Standing]) -> dict[type[Fact], list[Standing]]:
    found: dict[type[Fact], list[Standing]] = {}
    for standing in facts:
        for kind in _kinds_of(type(standing.payload)):
            found.setdefault(kind, []).append(standing)
    return found


@cache
def _kinds_of(kind: type[Fact]) -> tuple[type[Fact], ...]:
    """The kind and those above it."""
    return tuple(each for each in kind.__mro__ if issubclass(each, Fact))


class Stand(msgspec.Struct, frozen=True):
    """All facts of a book as they stand; `waiting` amendments lack their target, `idle` ones may not act on it."""

    facts: Facts
    waiting: tuple[Ref, ...] = ()
    idle: tuple[Ref, ...] = ()


def its_author(event: Event) -> str:
    """No office was succeeded."""
    return event.author


def stand(events: Iterable[Event], heir: Heir = its_author) -> Stand:
    """Every event as it stands. Total: any set of well-formed events has an answer."""
    ordered = sorted(events, key=lambda e: (e.frame.stamp, e.frame.author, e.frame.id), reverse=True)
    if not any(isinstance(event.payload, Corrected | Retracted) for event in ordered):
        return Stand(Facts([(e.frame.ref, as_recorded(e)) for e in ordered]))
    held = {event.frame.ref: event for event in ordered}
    retractions: dict[Ref, Ref] = {}
    corrections: dict[Ref, list[Standing]] = {}
    facts: dict[Ref, Standing] = {}
    waiting: list[Ref] = []
    idle: list[Ref] = []
    for event in ordered:
        ref = event.frame.ref
        standing = _stand_one(event, retractions.get(ref), corrections.get(ref, ()), idle)
        facts[ref] = standing
        payload = standing.payload
        if not isinstance(payload, Corrected | Retracted):
            continue
        target = held.get(payload.target)
        if target is None:
            waiting.append(ref)
        elif not may_amend(event, target, heir):
            idle.append(ref)
        elif standing.void:
            continue
        elif isinstance(payload, Retracted):
            retractions.setdefault(payload.target, ref)
        else:
            corrections.setdefault(payload.target, []).append(standing)
    _share_fates(facts)
    return Stand(Facts(facts), tuple(sorted(waiting)), tuple(sorted(idle)))


def may_amend(amendment: Event, target: Event, heir: Heir) -> bool:
    """Only the author or its successor, only later, and only what can be amended."""
    return (
        heir(target) == heir(amendment)
        and target.frame.stamp < amendment.frame.stamp
        and target.payload.amendable
        # What the exchange derived, it alone takes back: where its cause stands in another dossier.
        and (amendment.frame.automatic or not target.frame.automatic)
    )


def _stand_one(event: Event, retraction: Ref | None, corrections: Iterable[Standing], idle: list[Ref]) -> Standing:
    payload, day = event.payload, event.frame.effective_on
    applied: list[Ref] = []
    # Collected from the highest stamp down; the highest must act last.
    for correction in reversed(list(corrections)):
        amended = correction.payload
        if not isinstance(amended, Corrected):
            continue
        try:
            payload, day = apply(payload, day, amended.set)
        except Malformed:
            # A foreign correction that does not fit its target acts on nothing, and is shown.
            idle.append(correction.ref)
            continue
        applied.append(correction.ref)
    if not applied and retraction is None:
        return as_recorded(event)
    return msgspec.structs.replace(
        as_recorded(event),
        payload=payload,
        day=day,
        void=retraction is not None,
        corrections=tuple(applied),
        retraction=retraction,
    )


def apply(payload: Fact, day: str, changes: Mapping[str, Any]) -> tuple[Fact, str]:
    """`payload` and its day with the fields of a correction set. Raises Malformed where a field does not fit."""
    if not changes:
        return payload, day
    content = content_of(payload)
    known = set(type(payload).__struct_fields__) | {"from"}
    container = next((name for name in CONTAINERS if name in known), None)
    for field, value in changes.items():
        if field == "effective_on":
            day = str(value)
        elif field == "deviations" and not isinstance(payload, Confirmed | Disputed):
            raise Malformed(field=field, rule="correction.no_such_field")
        elif field in known:
            content[field] = value
        elif container is not None:
            content[container] = {**content.get(container, {}), field: value}
        else:
            raise Malformed(field=field, rule="correction.no_such_field")
    return fact_of(payload.type, content), day


def _share_fates(facts: dict[Ref, Standing]) -> None:
    automatic = [item for item in facts.items() if item[1].event.frame.automatic]
    for ref, standing in sorted(automatic, key=lambda item: item[1].stamp):
        cause = standing.event.frame.because
        if not standing.void and cause in facts and facts[cause].void:
            facts[ref] = msgspec.structs.replace(standing, void=True)
