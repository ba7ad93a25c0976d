"""E1. The ledger of two sides: what one delivered is what the other's books hold. Pure.

An entry is one event that passed between two offices, with its leaf hash and the parts. The sides compare digests of
buckets, SHA-256 over the sorted entries, down a tree with fan-out 64: what agrees is never sent. Its first two steps
are taken by whom the event is about, under which both sides have their rows together, so that a bucket is read by an
index that is there anyway; the others by the leaf hash. No sum or XOR of entries is kept, for these can be forged.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from itertools import groupby
from typing import Protocol

import msgspec

FAN_OUT = 64
_BITS = 6
_LEAF_BITS = 48
UNITS = FAN_OUT**2  # buckets of the second step: the least of which digests are kept
UNIT = 2  # their depth
DEEPEST = 10  # 2^60 buckets: more than there are entries
MOST = 1_000  # differing entries that are named
_LISTED = 16  # a bucket of no more entries is listed, which costs less than the digests of its children
_AT_ONCE = 64  # buckets asked about in one question: memory does not grow with what differs
EDGES = tuple(f"{unit:03x}" for unit in range(UNITS))  # the first person of each unit, if ids began with nothing else

Bucket = tuple[int, ...]  # the path to it, six bits a step
Area = tuple[str, str]  # the provinces of the office that told, and of that which was told


class Entry(msgspec.Struct, frozen=True, order=True):
    """One event that passed between two offices. `leaf`: its leaf hash in hex; `parts`: sorted."""

    leaf: str
    author: str
    id: str
    teller: str
    to: str
    parts: tuple[str, ...]
    person: str

    def bytes(self) -> bytes:
        """What is hashed."""
        fields = (self.leaf, self.author, self.id, self.teller, self.to, self.person, *self.parts)
        return "\x1f".join(fields).encode() + b"\x1e"

    def bucket(self, depth: int) -> Bucket:
        """The path of its bucket."""
        place = unit_of(self.person) << _LEAF_BITS | int(self.leaf[:12] or "0", 16)
        return tuple((place >> (_BITS * (DEEPEST - step - 1))) & (FAN_OUT - 1) for step in range(depth))


class Digest(msgspec.Struct, frozen=True):
    """SHA-256 over the sorted entries of a bucket, and how many they are."""

    sha256: bytes
    count: int


class Side(Protocol):
    """What one side answers about its entries."""

    def count(self) -> int:
        """How many entries it has."""
        ...

    def digests(self, within: Collection[Bucket]) -> Mapping[Bucket, Digest]:
        """The digest of every bucket that is not empty and lies one step below one of these, all of one depth.

        It may cover other entries beside its own, if the other side's covers these as well: what is equal of more is
        equal of less, and what is not is looked at entry by entry.
        """
        ...

    def entries(self, within: Collection[Bucket]) -> Iterable[Entry]:
        """The entries of these buckets."""
        ...


class Walked(msgspec.Struct, frozen=True, kw_only=True):
    """What only one of two sides has, the first of it, and how many entries that is in all (`differing`).

    `trips`, `exchanged`: what finding it cost, in questions and in bytes from side to side.
    """

    only_here: tuple[Entry, ...]
    only_there: tuple[Entry, ...]
    differing: int
    shared: int
    trips: int
    exchanged: int


def unit_of(person: str) -> int:
    """The number of the unit that a person's entries are in: what the first twelve bits of a random id say.

    Total, and in the order of ids as text: what is no such id is in the unit that it would be sorted into.
    """
    return max(bisect_right(EDGES, person[:3]) - 1, 0)


def walk(here: Side, there: Side) -> Walked:
    """Compare two sides, down to the entries that only one of them has."""
    found = _Walk()
    waiting: list[list[Bucket]] = [[()]]
    while waiting:
        asked = waiting.pop()
        ours, theirs = here.digests(asked), there.digests(asked)
        found.trips, found.exchanged = found.trips + 1, found.exchanged + len(packed(theirs))
        if asked == [()]:
            found.shared = there.count()
        unlike = sorted(bucket for bucket in ours.keys() | theirs.keys() if ours.get(bucket) != theirs.get(bucket))
        small: list[Bucket] = []
        large: list[Bucket] = []
        for bucket in unlike:
            few = max(side[bucket].count for side in (ours, theirs) if bucket in side) <= _LISTED
            (small if few or len(bucket) == DEEPEST else large).append(bucket)
        for at in range(0, len(small), _AT_ONCE):
            some = small[at : at + _AT_ONCE]
            found.list(here.entries(some), there.entries(some))
        waiting += [large[at : at + _AT_ONCE] for at in range(0, len(large), _AT_ONCE)]
    return found.walked()


class _Walk:
    """What a walk has found so far."""

    def __init__(self) -> None:
        self.trips = self.exchanged = self.shared = self._differing = self._only_there = 0
        self._named: tuple[list[Entry], list[Entry]] = ([], [])

    def list(self, ours: Iterable[Entry], theirs: Iterable[Entry]) -> None:
        """Some buckets, entry by entry."""
        held = set(theirs)
        self.trips, self.exchanged = self.trips + 1, self.exchanged + len(msgspec.msgpack.encode(sorted(held)))
        only = differences(ours, held)
        for named, found in zip(self._named, only, strict=True):
            named.extend(found[: MOST - len(named)])
            self._differing += len(found)
        self._only_there += len(only[1])

    def walked(self) -> Walked:
        """All of it."""
        here, there = (tuple(sorted(named)) for named in self._named)
        return Walked(
            only_here=here,
            only_there=there,
            differing=self._differing,
            shared=self.shared - self._only_there,
            trips=self.trips,
            exchanged=self.exchanged,
        )


def packed(digests: Mapping[Bucket, Digest]) -> bytes:
    """An answer as it is sent: for each bucket asked about which of its 64 are not empty, their digests and counts."""
    asked = groupby(sorted(digests), lambda bucket: bucket[:-1])
    answer = [(parent, list(children)) for parent, children in asked]
    return msgspec.msgpack.encode(
        [
            (
                parent,
                sum(1 << child[-1] for child in children).to_bytes(8, "big"),
                b"".join(digests[child].sha256 for child in children),
                [digests[child].count for child in children],
            )
            for parent, children in answer
        ]
    )


def digest_of(entries: Iterable[Entry]) -> Digest:
    """The digest of sorted entries."""
    hashed, count = hashlib.sha256(), 0
    for entry in entries:
        hashed.update(entry.bytes())
        count += 1
    return Digest(hashed.digest(), count)


def by_area(entries: Iterable[Entry]) -> dict[Area, Digest]:
    """The digests of the entries of one bucket, one for each pair of provinces."""
    areas: dict[Area, list[Entry]] = {}
    for entry in entries:
        areas.setdefault((entry.teller[:2], entry.to[:2]), []).append(entry)
    return {area: digest_of(sorted(some)) for area, some in areas.items()}


def joined(digests: Iterable[tuple[tuple[int | str, ...], Digest]]) -> Digest:
    """One digest over several, each with what it is of: the units of a bucket, or the pairs of provinces in one."""
    ordered = sorted(digests)
    hashed = hashlib.sha256(msgspec.msgpack.encode([(of, digest.sha256) for of, digest in ordered]))
    return Digest(hashed.digest(), sum(digest.count for _, digest in ordered))


def differences(one: Iterable[Entry], other: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Entries that only the one has, and those that only the other has, each sorted: a join of what lies together."""
    first, second = set(one), set(other)
    return tuple(sorted(first - second)), tuple(sorted(second - first))
