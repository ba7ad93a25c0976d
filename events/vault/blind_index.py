"""Exact look-ups of identity documents without keeping their numbers in the clear."""

from __future__ import annotations

import hmac

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from events.vault.ring import KEY_BYTES, MasterKeys

_PURPOSE = b"exchange/blind-index/document/1"


class BlindIndex:
    """HMAC-SHA256 under a key that HKDF (RFC 5869) derives from the ring's oldest key, so that rotation keeps tokens.

    Equal numbers give equal tokens, and whoever holds the ring can test a guess: rows go when the person is erased.
    """

    def __init__(self, ring: MasterKeys) -> None:
        derived = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=_PURPOSE).derive(ring.oldest)
        self._mac = hmac.new(derived, digestmod="sha256")

    def token(self, kind: str, number: str) -> bytes:
        """32 bytes for a document of this kind. Its number must be in normal form (`events.documents`)."""
        mac = self._mac.copy()
        mac.update(f"{kind}\0{number}".encode())
        return mac.digest()
