"""The leaf of an event: what is hashed are its stored clear frame bytes, which hold the commitments to its parts."""

from __future__ import annotations

from events.canonical import is_canonical
from events.errors import Tampered
from events.log.tree import leaf_hash


def leaf_of(frame: bytes) -> bytes:
    """The leaf hash of stored frame bytes, as they are: hashing never writes an event anew."""
    return leaf_hash(frame)


def checked_leaf_of(frame: bytes) -> bytes:
    """The same for verification. Raises Tampered where the bytes are not in canonical form.

    Two spellings of one event would be two leaves, and who reads one could not tell which of them was meant.
    """
    if not is_canonical(frame):
        raise Tampered(field="frame", rule="log.leaf_form")
    return leaf_hash(frame)
