"""What the checks find."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from events.envelope import Ref
from exchange.protocol.agreement import PairState

Check = Literal["ledger", "view", "entitlement", "agreement"]


class Difference(msgspec.Struct, frozen=True, order=True):
    """One fault: which check found it, at whose side, beside which other office, about whom, and what is lacking.

    ledger: `office` was told by `other`; lacking `held` (its book has it not), `delivered` (nobody's delivery bears it
    out) or `same` (both have it, and not the same). view: fields or columns of the stored record. entitlement: what
    `other` still owes `office` (`event`, `parts`, `question`, `fact`), or `ground`. agreement: the fields that differ.
    """

    check: Check
    office: str
    person: str
    other: str = ""
    event: Ref | None = None
    lacking: tuple[str, ...] = ()


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """`pairs`: how many pairs of a keeper and an office with an open stay are in which state.

    `waiting`: persons left out because work about them is still under way.
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
