"""Sealing: the parts of one event, each encrypted under the person's key, framed in one column.

A sealed column is the byte 0x01 and then, for each part in the order of its name: the length of the name (1 byte), the
name (ASCII), the length of what follows (4 bytes, big-endian), a random nonce (12 bytes), and AES-256-GCM's ciphertext
with its tag. So one part opens without the others. The associated data bind it to its event, person and name.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.errors import Malformed, Tampered
from events.vault.parts import SALT_BYTES, commitment, content_of, part_bytes, proved_content_of, salt_of, salted_hash
from events.vault.ring import NONCE_BYTES

_FORM = b"\x01"
_LENGTH = struct.Struct(">I")
_LENGTH_BYTES = _LENGTH.size
_length_at = _LENGTH.unpack_from


class Binding(msgspec.Struct, frozen=True, gc=False):
    """What a sealed part belongs to: it opens nowhere else."""

    event: str
    author: str
    person: str
    type: str
    schema: int

    def associated(self, part: str) -> bytes:
        """The associated data of a part: all fields and its name, parted by NUL, which none of them can hold."""
        return f"{self.event}\0{self.author}\0{self.person}\0{self.type}\0{self.schema}\0{part}".encode()


class Sealed(msgspec.Struct, frozen=True, gc=False):
    """The sealed column of an event, and the commitments for its clear frame, by part."""

    column: bytes
    commitments: dict[str, str]


def seal(parts: Mapping[str, Mapping[str, Any]], binding: Binding, cipher: AESGCM) -> Sealed:
    """Each part with a fresh salt, sealed. Raises Malformed where a part is no canonical JSON."""
    salted: dict[str, bytes] = {}
    commitments: dict[str, str] = {}
    drawn = secrets.token_bytes(len(parts) * (SALT_BYTES + NONCE_BYTES))  # each draw asks the system
    at = len(parts) * NONCE_BYTES
    for name, content in parts.items():
        salt = drawn[at : (at := at + SALT_BYTES)]
        salted[name] = part = part_bytes(content, salt)
        commitments[name] = salted_hash(salt, part)
    return Sealed(_column(salted, binding, cipher, drawn), commitments)


def seal_bytes(parts: Mapping[str, bytes], binding: Binding, cipher: AESGCM) -> Sealed:
    """The same for parts that have their salt already, from a peer. Raises Malformed where they are not canonical."""
    for part in parts.values():
        content_of(part)
    drawn = secrets.token_bytes(len(parts) * NONCE_BYTES)
    return Sealed(_column(parts, binding, cipher, drawn), {name: commitment(part) for name, part in parts.items()})


def held(column: bytes) -> frozenset[str]:
    """The names of the parts in a sealed column. Raises Tampered where its framing is broken."""
    return frozenset([name for name, _, _, _ in _frames(column)])


def open_bytes(
    column: bytes,
    binding: Binding,
    cipher: AESGCM,
    commitments: Mapping[str, str],
    wanted: Collection[str] | None = None,
) -> dict[str, bytes]:
    """The bytes of the parts wanted (all, if None) that the column holds, each checked against its commitment.

    Raises Tampered where a part does not open, or is not the one that the clear frame committed to.
    """
    opened: dict[str, bytes] = {}
    for name, part in _decrypted(column, binding, cipher, wanted):
        verify(name, part, commitments)
        opened[name] = part
    return opened


def open_parts(
    column: bytes,
    binding: Binding,
    cipher: AESGCM,
    commitments: Mapping[str, str],
    wanted: Collection[str] | None = None,
) -> dict[str, dict[str, Any]]:
    """The contents of the parts, without their salt; otherwise as `open_bytes`."""
    opened: dict[str, dict[str, Any]] = {}
    try:
        for name, part in _decrypted(column, binding, cipher, wanted):
            opened[name] = proved_content_of(part, commitments.get(name))
    except Malformed as error:
        raise Tampered(field=name, rule="part.commitment") from error
    return opened


def open_part(
    column: bytes, binding: Binding, cipher: AESGCM, commitments: Mapping[str, str], part: str
) -> dict[str, Any] | None:
    """The content of one part; None where the column does not hold it."""
    return open_parts(column, binding, cipher, commitments, {part}).get(part)


def verify(name: str, part: bytes, commitments: Mapping[str, str]) -> None:
    """Raises Tampered where these are not the bytes of the part that the clear frame committed to."""
    try:
        found = commitment(part)
    except Malformed as error:
        raise Tampered(field=name, rule="part.commitment") from error
    if commitments.get(name) != found:
        raise Tampered(field=name, rule="part.commitment")


def same_content(parts: Mapping[str, Mapping[str, Any]], stored: Mapping[str, bytes]) -> bool:
    """Whether a repeated request says what was stored: its commitments with the stored salts are the same."""
    return parts.keys() == stored.keys() and all(
        commitment(part_bytes(parts[name], salt_of(part))) == commitment(part) for name, part in stored.items()
    )


def _column(parts: Mapping[str, bytes], binding: Binding, cipher: AESGCM, drawn: bytes) -> bytes:
    """`drawn`: random bytes that begin with a nonce for each part."""
    frames = [_FORM]
    event = binding.associated("")
    at = 0
    for name in sorted(parts):
        named = _named(name)
        nonce = drawn[at : (at := at + NONCE_BYTES)]
        body = cipher.encrypt(nonce, parts[name], event + named)
        frames += (bytes((len(named),)), named, _LENGTH.pack(NONCE_BYTES + len(body)), nonce, body)
    return b"".join(frames)


@lru_cache(maxsize=64)
def _named(name: str) -> bytes:
    if not 0 < len(name) < 256 or not name.isascii():
        raise Malformed(field="parts", rule="part.name")
    return name.encode("ascii")


def _decrypted(
    column: bytes, binding: Binding, cipher: AESGCM, wanted: Collection[str] | None
) -> list[tuple[str, bytes]]:
    event = binding.associated("")
    found = []
    for name, raw, body, end in _frames(column):
        if wanted is None or name in wanted:
            sealed = body + NONCE_BYTES
            try:
                found.append((name, cipher.decrypt(column[body:sealed], column[sealed:end], event + raw)))
            except (InvalidTag, ValueError) as error:
                raise Tampered(field=name, rule="part.seal") from error
    return found


def _frames(column: bytes) -> list[tuple[str, bytes, int, int]]:
    """Each part's name, as text and as it stands there, and where its sealed bytes begin and end."""
    at, end, before, found = 1, len(column), "", []
    try:
        while at < end:
            named = at + 1 + column[at]
            raw = column[at + 1 : named]
            name = raw.decode("ascii")
            body = named + _LENGTH_BYTES
            at = body + _length_at(column, named)[0]
            if name <= before:
                raise Tampered(rule="part.frame")
            found.append((before := name, raw, body, at))
    except (UnicodeDecodeError, struct.error) as error:
        raise Tampered(rule="part.frame") from error
    if column[:1] != _FORM or at != end:
        raise Tampered(rule="part.frame")
    return found
