"""Which moments do not fit in the order in which they stand. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from operator import le

BESIDE = 16  # rows before, beside which it shows whether the next one is out of order or they are


def in_order(moments: Sequence[int]) -> bool:
    """Whether time never runs back."""
    return all(map(le, moments, moments[1:]))


def out_of_order(moments: Sequence[int]) -> list[int]:
    """The places of the fewest moments without which time never runs back."""
    if in_order(moments):
        return []
    ends: list[int] = []  # of the rising rows of each length that which ends earliest: its last moment
    places: list[int] = []  # and where that stands
    before: list[int | None] = []  # what stands before each moment in the longest rising row that it ends
    for place, moment in enumerate(moments):
        length = bisect_right(ends, moment)
        before.append(places[length - 1] if length else None)
        ends[length : length + 1] = [moment]
        places[length : length + 1] = [place]
    kept = set()
    last: int | None = places[-1]
    while last is not None:
        kept.add(last)
        last = before[last]
    return [place for place in range(len(moments)) if place not in kept]
