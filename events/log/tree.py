"""The Merkle tree of a log (RFC 6962 and RFC 9162, section 2.1), with SHA-256. Pure: the caller brings the nodes.

A node (level, index) is the hash of a full subtree over leaves index·2^level up to, not including, (index + 1)·2^level.
Whoever keeps these in rows or tiles passes a look-up; every proof is then a handful of look-ups.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import islice
from typing import Self

import msgspec

from events.errors import Tampered

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()
_TOGETHER = 4096  # leaves taken at once: all of a log do not fit in memory

Node = Callable[[int, int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """The hash of a leaf: SHA-256(0x00 ‖ data)."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of an inner node: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(b"\x01" + left + right).digest()


class Frontier(msgspec.Struct, frozen=True):
    """A tree as far as appending needs it: its size, and the roots of its full subtrees from the largest down."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()

    def append(self, leaves: Iterable[bytes]) -> Self:
        """The tree with more leaf hashes at its end."""
        tree, rest = self, iter(leaves)
        while some := list(islice(rest, _TOGETHER)):
            tree, _ = tree.grown(some)
        return tree

    def grown(self, leaves: Sequence[bytes]) -> tuple[Self, list[Sequence[bytes]]]:
        """The same, and what grew: for each level from the leaves up the hashes of the nodes that are new there."""
        peaks, kept = list(self.peaks), []
        new, size = leaves, self.size
        rows: list[Sequence[bytes]] = []
        # As in binary counting, a level at a time: what stands there alone is joined with the first that comes.
        while new:
            rows.append(new)
            row = [peaks.pop(), *new] if size & 1 else new
            if len(row) & 1:
                kept.append(row[-1])
            new = [sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=False)]
            size >>= 1
        return type(self)(self.size + len(leaves), (*peaks, *reversed(kept))), rows

    def root(self) -> bytes:
        """The root hash of the whole tree."""
        return _folded(self.peaks)

    def to_bytes(self) -> bytes:
        """Size (8 bytes, big-endian), then the peaks."""
        return self.size.to_bytes(8, "big") + b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """The inverse. Raises Tampered where size and number of peaks do not fit."""
        size, peaks = int.from_bytes(data[:8], "big"), data[8:]
        if len(data) < 8 or len(peaks) != size.bit_count() * HASH_BYTES:
            raise Tampered(rule="log.frontier")
        return cls(size, tuple(peaks[at : at + HASH_BYTES] for at in range(0, len(peaks), HASH_BYTES)))


def root(leaves: Iterable[bytes]) -> bytes:
    """The root hash over a list of leaf hashes."""
    return Frontier().append(leaves).root()


def nodes_over(leaves: Sequence[bytes]) -> Node:
    """The look-up of nodes over leaf hashes in memory."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        levels.append([node_hash(left, right) for left, right in zip(below[::2], below[1::2], strict=False)])
    return lambda level, index: levels[level][index]


def root_at(size: int, node: Node) -> bytes:
    """The root hash that the tree had at this size."""
    return _range_root(0, size, node)


def inclusion_proof(index: int, size: int, node: Node) -> list[bytes]:
    """The audit path of leaf `index` in the tree of this size, from the leaf up. Raises ValueError outside of it."""
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    start, end = 0, size
    path: list[bytes] = []
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range_root(middle, end, node))
            end = middle
        else:
            path.append(_range_root(start, middle, node))
            start = middle
    path.reverse()
    return path


def consistency_proof(first: int, second: int, node: Node) -> list[bytes]:
    """The proof that the tree of size `second` begins with that of size `first`. Raises ValueError for other sizes."""
    if not 0 < first <= second:
        raise ValueError(f"no proof from {first} to {second}")
    start, end = 0, second
    path: list[bytes] = []
    while first < end:
        middle = start + _split(end - start)
        if first <= middle:
            path.append(_range_root(middle, end, node))
            end = middle
        else:
            path.append(_range_root(start, middle, node))
            start = middle
    if start > 0:
        path.append(_range_root(start, end, node))
    path.reverse()
    return path


def root_from_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """The root hash to which the proof leads (RFC 9162 section 2.1.3.2); None where its length does not fit."""
    if not 0 <= index < size:
        return None
    at, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if at & 1 or at == last:
            found = node_hash(sibling, found)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        at, last = at >> 1, last >> 1
    return found if last == 0 else None


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether the proof shows this leaf hash at `index` of the tree with this size and root."""
    return root_from_inclusion(leaf, index, size, proof) == root_hash


def verify_consistency(first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the proof shows that the second tree begins with the first (RFC 9162 section 2.1.4.2).

    Every tree begins with the empty one, without a proof.
    """
    if not 0 <= first <= second:
        return False
    if first in {0, second}:
        return not proof and first_root == (EMPTY_ROOT if first == 0 else second_root)
    path = list(proof)
    if first & (first - 1) == 0:
        path.insert(0, first_root)
    if not path:
        return False
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    older = newer = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while at and not at & 1:
                at, last = at >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and older == first_root and newer == second_root


def _split(width: int) -> int:
    """The largest power of two below the width of a subtree."""
    return 1 << (width - 1).bit_length() - 1


def _range_root(start: int, end: int, node: Node) -> bytes:
    return _folded([node(level, index) for level, index in _full_subtrees(start, end)])


def _full_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The full subtrees that make up a subtree of the tree, from the largest down."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _folded(peaks: Sequence[bytes]) -> bytes:
    if not peaks:
        return EMPTY_ROOT
    found = peaks[-1]
    for peak in reversed(peaks[:-1]):
        found = node_hash(peak, found)
    return found
