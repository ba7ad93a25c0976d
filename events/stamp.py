"""The order of an author's events: a hybrid logical clock (DESIGN.md K3)."""

from __future__ import annotations

from collections.abc import Iterable

FIVE_MINUTES = 300_000_000  # microseconds; a foreign stamp further ahead is held back


def next_stamp(now: int, seen: Iterable[int]) -> int:
    """Later than every stamp in the author's book of the dossier, and not before the clock. Microseconds."""
    return max(now, max(seen, default=0) + 1)


def too_far_ahead(stamp: int, now: int) -> bool:
    """Whether a foreign stamp must be held back until our clock comes near it."""
    return stamp > now + FIVE_MINUTES
