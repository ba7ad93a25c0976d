"""What the checks find."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Literal, get_args

import msgspec

from events.envelope import Ref
from exchange.protocol.agreement import PairState

Check = Literal["ledger", "view", "entitlement", "agreement"]


class Difference(msgspec.Struct, frozen=True, order=True):
    """One fault: which check found it, at whose side, beside which other office, about whom, and what is lacking.

    ledger: `office` was told by `other`; lacking `held` (its book has it not), `delivered` (nobody's delivery bears it
    out), `same` (both have it, and not the same), `earlier` (a revision that a later one replaced is lost) or `event`
    (what was told is gone). view: fields or columns of the stored record; or, where nothing can be compared, the rule
    by which the person's key or a part does not open. entitlement: what `other` still owes `office` (`event`, `parts`,
    `question`, `fact`), or `ground`. agreement: the fields that differ.

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

    `waiting`: persons left out because work about them is still under way. `differences`: the faults, each once.
    """

    at: datetime
    persons: int
    waiting: int
    pairs: dict[PairState, int]
    differences: tuple[Difference, ...]

    @property
    def equal(self) -> bool:
        """Whether no check found a fault."""
        return not self.differences

    def followed(self) -> dict[Check, int]:
        """How much each check finds only because of the faults."""
        counts = Counter(each.check for fault in self.differences for each in fault.consequences)
        return {check: counts[check] for check in get_args(Check)}


def in_one(at: datetime, parts: Iterable[Checked]) -> Checked:
    """The checks of several groups of persons as one. A dossier that is in two of them counts in each."""
    pairs: Counter[PairState] = Counter()
    differences: set[Difference] = set()
    persons = waiting = 0
    for part in parts:
        pairs.update(part.pairs)
        differences.update(part.differences)
        persons, waiting = persons + part.persons, waiting + part.waiting
    found = in_order(differences)
    return Checked(at=at, persons=persons, waiting=waiting, pairs=dict(pairs), differences=found)


def in_order(differences: Iterable[Difference]) -> tuple[Difference, ...]:
    """Each once, the same from the same checks."""
    return tuple(sorted(set(differences), key=_order))


def _order(found: Difference) -> tuple[str, ...]:
    return (found.check, found.office, found.person, found.other, str(found.event), *found.lacking)
