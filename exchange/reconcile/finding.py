"""What the checks find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, get_args

import msgspec

from events.envelope import Ref
from exchange.firsts import MOST
from exchange.protocol.comparing.agreement import PairState

Check = Literal["ledger", "view", "entitlement", "agreement"]
MANY = 20  # one in so many whom work under way leaves out


class Difference(msgspec.Struct, frozen=True, order=True):
    """One fault: which check found it, at whose side, beside which other office, about whom, and what is lacking.

    ledger: `office` was told by `other`; lacking `held` (its book has it not), `delivered` (nobody's delivery bears it
    out), `same` (both have it, and not the same), `earlier` (a revision that a later one replaced is lost), `event`
    (what was told is gone), `position` or `at` (the delivery does not fit there in the order of the feed). Without
    `other`: an event that `office` recorded does not stand as it was logged, and these columns of its row do not fit
    its bytes; `body`: the bytes not the hash in the log, or no event; `event`: its row was gone before it was logged;
    `index`, `at`: it does not fit there in the order of the log.
    Without an event: a place in the log (`index`) or in the office's feed (`position`) is empty, and nothing else says
    whose it was. view: fields or columns of the stored record; `cases`, `inbox`: what these lists of the office show of
    the person; or, where nothing can be compared, the rule by which the person's key or a part does not open, or a
    row of this event or of its delivery says nothing.
    entitlement: what `other` still owes `office` (`event`, `parts`, `question`, `fact`), or `ground`. agreement: the
    fields that differ.

    `consequences`: what other checks find only because of this one, and would not if it were put right.
    """

    check: Check
    office: str
    person: str
    other: str = ""
    event: Ref | None = None
    lacking: tuple[str, ...] = ()
    consequences: tuple[Difference, ...] = ()


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """`pairs`: how many pairs of a keeper and an office with an open stay are in which state.

    `waiting`: persons left out because work about them is still under way. `differences`: the faults, each once, the
    first of them. `checks`: how many faults each check finds; `consequences`: how much it finds only because of faults.
    """

    at: datetime
    persons: int
    waiting: int
    pairs: dict[PairState, int]
    checks: dict[Check, int]
    consequences: dict[Check, int]
    differences: tuple[Difference, ...]

    @property
    def equal(self) -> bool:
        """Whether no check found a fault."""
        return not self.differences

    @property
    def partial(self) -> bool:
        """Whether so many were left out that nothing can be said of everybody."""
        return self.waiting * MANY > self.persons

    @property
    def more(self) -> int:
        """How many faults there are besides those that are named."""
        return sum(self.checks.values()) - len(self.differences)

    def only(self, differences: Iterable[Difference]) -> Checked:
        """The same look, if these are all its faults."""
        named = tuple(differences)
        faults, followed = _counted(named)
        return msgspec.structs.replace(self, checks=faults, consequences=followed, differences=named)


class Gathered:
    """What is found by and by: counts of everything, and the first faults."""

    def __init__(self) -> None:
        self.persons = self.waiting = 0
        self.pairs: Counter[PairState] = Counter()
        self._named: dict[Difference, None] = {}
        self._faults: Counter[Check] = Counter()
        self._followed: Counter[Check] = Counter()

    def find(self, differences: Iterable[Difference]) -> None:
        """Some faults; one that was named already is the same."""
        for fault in differences:
            if fault not in self._named:
                if len(self._named) < MOST:
                    self._named[fault] = None
                self._faults[fault.check] += 1
                self._followed.update(each.check for each in fault.consequences)

    @property
    def named(self) -> list[Difference]:
        """The faults that are named."""
        return list(self._named)

    def add(self, part: Checked) -> None:
        """What was found in a part. Of the faults that it did not name it says how many there are."""
        self.find(part.differences)
        named, following = _counted(part.differences)
        self._faults.update(part.checks)
        self._faults.subtract(named)
        self._followed.update(part.consequences)
        self._followed.subtract(following)
        self.pairs.update(part.pairs)
        self.persons, self.waiting = self.persons + part.persons, self.waiting + part.waiting

    def checked(self, at: datetime) -> Checked:
        """All of it."""
        return Checked(
            at=at,
            persons=self.persons,
            waiting=self.waiting,
            pairs=dict(self.pairs),
            checks=_of_each(self._faults),
            consequences=_of_each(self._followed),
            differences=tuple(sorted(self._named, key=_order)),
        )


def in_one(at: datetime, parts: Iterable[Checked]) -> Checked:
    """The checks of several groups of persons as one. A dossier that is in two of them counts in each."""
    whole = Gathered()
    for part in parts:
        whole.add(part)
    return whole.checked(at)


def _counted(differences: Iterable[Difference]) -> tuple[dict[Check, int], dict[Check, int]]:
    """Of each check the faults, and what it finds only because of faults."""
    faults = list(differences)
    following = Counter(each.check for fault in faults for each in fault.consequences)
    return _of_each(Counter(fault.check for fault in faults)), _of_each(following)


def _of_each(counts: Counter[Check]) -> dict[Check, int]:
    return {check: counts[check] for check in get_args(Check)}


def _order(found: Difference) -> tuple[str, ...]:
    return (found.check, found.office, found.person, found.other, str(found.event), *found.lacking)
