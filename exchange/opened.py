"""Events opened and kept for a while, for the books of a dossier hold the same ones."""

from __future__ import annotations

from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.codec import opened_event
from events.envelope import Part
from events.event import Event, restricted
from events.store.contract import StoredEvent

_KEPT = 4_000  # those of some batches; each holds several kilobytes, and no process may grow with the log


class Sealed:
    """A stored event with the cipher that opens it, equal where the bytes and the cipher are the same.

    So what was destroyed or altered is never found again below.
    """

    __slots__ = ("cipher", "stored")

    def __init__(self, stored: StoredEvent, cipher: AESGCM | None) -> None:
        self.stored, self.cipher = stored, cipher

    def __hash__(self) -> int:
        return hash(self.stored.body)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Sealed)
            and self.cipher is other.cipher
            and self.stored.body == other.stored.body
            and self.stored.sealed == other.stored.sealed
        )


@lru_cache(maxsize=_KEPT)
def shown(sealed: Sealed, parts: frozenset[Part]) -> Event:
    """The event as far as these parts tell it."""
    return restricted(opened(sealed), parts)


@lru_cache(maxsize=_KEPT)
def opened(sealed: Sealed) -> Event:
    """The event with all its parts; without them where there is no cipher."""
    return opened_event(sealed.stored, sealed.cipher)
