"""E1. The ledger of two sides: what one delivered is what the other's books hold. Pure.

An entry is one event that passed between two offices, with its leaf hash and the parts. The sides compare digests of
buckets, SHA-256 over the sorted entries, down a tree with fan-out 64 by the first bits of the leaf hash: what agrees is
never sent. Digests are made on demand: sums and XORs that are kept up to date can be forged.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Protocol

import msgspec

FAN_OUT = 64
_BITS = 6
DEEPEST = 10  # 2^60 buckets: more than there are entries
_LISTED = 16  # a bucket of no more entries is listed, which costs less than the digests of its children

Bucket = tuple[int, ...]  # the path to it, six bits a step


class Entry(msgspec.Struct, frozen=True, order=True):
    """One event that passed between two offices. `leaf`: its leaf hash in hex; `parts`: sorted."""

    leaf: str
    author: str
    id: str
    teller: str
    to: str
    parts: tuple[str, ...]

    def bytes(self) -> bytes:
        """What is hashed."""
        fields = (self.leaf, self.author, self.id, self.teller, self.to, *self.parts)
        return "\x1f".join(fields).encode() + b"\x1e"

    def bucket(self, depth: int) -> Bucket:
        """The path of its bucket."""
        first = int(self.leaf[:16], 16)
        return tuple((first >> (64 - _BITS * (step + 1))) & (FAN_OUT - 1) for step in range(depth))


class Digest(msgspec.Struct, frozen=True):
    """SHA-256 over the sorted entries of a bucket, and how many they are."""

    sha256: bytes
    count: int


class Side(Protocol):
    """What one side answers about its entries."""

    def digests(self, within: Collection[Bucket]) -> Mapping[Bucket, Digest]:
        """The digest of every bucket that is not empty and lies one step below one of these, all of one depth."""
        ...

    def entries(self, within: Collection[Bucket]) -> Iterable[Entry]:
        """The entries of these buckets."""
        ...


class Walked(msgspec.Struct, frozen=True, kw_only=True):
    """What only one of two sides has; and what finding it cost: questions and bytes from the one side to the other."""

    only_here: tuple[Entry, ...]
    only_there: tuple[Entry, ...]
    shared: int
    trips: int
    exchanged: int


def walk(here: Side, there: Side) -> Walked:
    """Compare two sides, down to the entries that only one of them has."""
    differing: list[Bucket] = [()]
    small: list[Bucket] = []
    trips = exchanged = shared = 0
    while differing:
        ours, theirs = here.digests(differing), there.digests(differing)
        trips, exchanged = trips + 1, exchanged + len(packed(theirs))
        shared = shared or sum(digest.count for digest in theirs.values())
        unlike = sorted(bucket for bucket in ours.keys() | theirs.keys() if ours.get(bucket) != theirs.get(bucket))
        differing = []
        for bucket in unlike:
            few = max(side[bucket].count for side in (ours, theirs) if bucket in side) <= _LISTED
            (small if few or len(bucket) == DEEPEST else differing).append(bucket)
    if not small:
        return Walked(only_here=(), only_there=(), shared=shared, trips=trips, exchanged=exchanged)
    held = set(there.entries(small))
    only_here, only_there = differences(here.entries(small), held)
    return Walked(
        only_here=only_here,
        only_there=only_there,
        shared=shared - len(only_there),
        trips=trips + 1,
        exchanged=exchanged + len(msgspec.msgpack.encode(sorted(held))),
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


def digests_of(entries: Iterable[Entry], depth: int) -> Iterator[tuple[Bucket, Digest]]:
    """The digests of the buckets of this depth. The entries come sorted; no more than one bucket of them is held."""
    for bucket, some in groupby(entries, lambda entry: entry.bucket(depth)):
        hashed, count = hashlib.sha256(), 0
        for entry in some:
            hashed.update(entry.bytes())
            count += 1
        yield bucket, Digest(hashed.digest(), count)


def differences(one: Iterable[Entry], other: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Entries that only the one has, and those that only the other has, each sorted: a join of what lies together."""
    first, second = set(one), set(other)
    return tuple(sorted(first - second)), tuple(sorted(second - first))
