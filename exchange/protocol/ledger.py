"""E1. The ledger of two offices: what one delivered is what the other's book holds. Pure.

An entry is (event id, leaf hash, parts). The digest is SHA-256 over the sorted entries, walked down a tree of
buckets with fan-out 64 by the first bytes of SHA-256 of the event id.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

FAN_OUT = 64


class Entry(msgspec.Struct, frozen=True, order=True):
    """One event that passed between two offices: reference, leaf hash in hex, and the parts, sorted."""

    author: str
    id: str
    leaf: str
    parts: tuple[str, ...]

    def bytes(self) -> bytes:
        """What is hashed."""
        return "\x1f".join((self.author, self.id, self.leaf, *self.parts)).encode() + b"\x1e"

    def bucket(self, depth: int) -> tuple[int, ...]:
        """The path of its bucket, six bits a step."""
        digest = int.from_bytes(hashlib.sha256(f"{self.author}/{self.id}".encode()).digest()[:8], "big")
        return tuple((digest >> (64 - 6 * (step + 1))) & (FAN_OUT - 1) for step in range(depth))


def digest(entries: Iterable[Entry]) -> str:
    """SHA-256 over the sorted entries, hex."""
    hashed = hashlib.sha256()
    for entry in sorted(entries):
        hashed.update(entry.bytes())
    return hashed.hexdigest()


def lacking(delivered: Iterable[Entry], held: Iterable[Entry]) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    """Entries that only the teller has, and those that only the holder has; equal buckets are skipped."""
    one, other = list(delivered), list(held)
    return _walk(one, other, 0)


def _walk(one: list[Entry], other: list[Entry], depth: int) -> tuple[tuple[Entry, ...], tuple[Entry, ...]]:
    if digest(one) == digest(other):
        return (), ()
    if len(one) + len(other) <= FAN_OUT or depth == 10:
        return tuple(sorted(set(one) - set(other))), tuple(sorted(set(other) - set(one)))
    missing: list[Entry] = []
    extra: list[Entry] = []
    for bucket in range(FAN_OUT):
        left = [e for e in one if e.bucket(depth + 1)[-1] == bucket]
        right = [e for e in other if e.bucket(depth + 1)[-1] == bucket]
        only_left, only_right = _walk(left, right, depth + 1)
        missing.extend(only_left)
        extra.extend(only_right)
    return tuple(missing), tuple(extra)
