"""The order of an author's events: a hybrid logical clock (DESIGN.md K3)."""

from __future__ import annotations

from collections.abc import Iterable


def next_stamp(now: int, seen: Iterable[int]) -> int:
    """Later than every stamp in the author's book of the dossier, and not before the clock. Microseconds."""
    return max(now, max(seen, default=0) + 1)
