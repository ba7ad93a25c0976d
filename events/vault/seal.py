"""Sealing: the parts of one event, each encrypted under the person's key, framed in one column.

A sealed column is the byte 0x01 and then, for each part in the order of its name: the length of the name (1 byte), the
name (ASCII), the length of what follows (4 bytes, big-endian), a random nonce (12 bytes), and AES-256-GCM's ciphertext
with its tag. So one part opens without the others. The associated data bind it to its event, person and name.
"""

from __future__ import annotations

import secrets
import struct
from collections.abc import Collection, Mapping
from typing import Any

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.errors import Malformed, Tampered
from events.vault.parts import commitment, content_of, new_salt, part_bytes, proved_content_of, salt_of, salted_hash
from events.vault.ring import NONCE_BYTES

_FORM = b"\x01"
_LENGTH = struct.Struct(">I")


class Binding(msgspec.Struct, frozen=True):
    """What a sealed part belongs to: it opens nowhere else."""

    event: str
    author: str
    person: str
    type: str
    schema: int

    def associated(self, part: str) -> bytes:
        """The associated data of a part: all fields and its name, parted by NUL, which none of them can hold."""
        return f"{self.event}\0{self.author}\0{self.person}\0{self.type}\0{self.schema}\0{part}".encode()


class Sealed(msgspec.Struct, frozen=True):
    """The sealed column of an event, and the commitments for its clear frame, by part."""

    column: bytes
    commitments: dict[str, str]


def seal(parts: Mapping[str, Mapping[str, Any]], binding: Binding, cipher: AESGCM) -> Sealed:
    """Each part with a fresh salt, sealed. Raises Malformed where a part is no canonical JSON."""
    salted: dict[str, bytes] = {}
    commitments: dict[str, str] = {}
    for name, content in parts.items():
        salt = new_salt()
        salted[name] = part = part_bytes(content, salt)
        commitments[name] = salted_hash(salt, part)
    return Sealed(_column(salted, binding, cipher), commitments)


def seal_bytes(parts: Mapping[str, bytes], binding: Binding, cipher: AESGCM) -> Sealed:
    """The same for parts that have their salt already, from a peer. Raises Malformed where they are not canonical."""
    for part in parts.values():
        content_of(part)
    return Sealed(_column(parts, binding, cipher), {name: commitment(part) for name, part in parts.items()})


def held(column: bytes) -> frozenset[str]:
    """The names of the parts in a sealed column. Raises Tampered where its framing is broken."""
    return frozenset(name for name, _, _ in _frames(column))


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
    for name, part in _decrypted(column, binding, cipher, wanted):
        try:
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


def _column(parts: Mapping[str, bytes], binding: Binding, cipher: AESGCM) -> bytes:
    frames = [_FORM]
    event = binding.associated("")
    for name in sorted(parts):
        if not 0 < len(name) < 256 or not name.isascii():
            raise Malformed(field="parts", rule="part.name")
        named = name.encode("ascii")
        nonce = secrets.token_bytes(NONCE_BYTES)
        body = cipher.encrypt(nonce, parts[name], event + named)
        frames += (bytes((len(name),)), named, _LENGTH.pack(NONCE_BYTES + len(body)), nonce, body)
    return b"".join(frames)


def _decrypted(
    column: bytes, binding: Binding, cipher: AESGCM, wanted: Collection[str] | None
) -> list[tuple[str, bytes]]:
    event = binding.associated("")
    found = []
    for name, body, end in _frames(column):
        if wanted is not None and name not in wanted:
            continue
        sealed = body + NONCE_BYTES
        try:
            part = cipher.decrypt(column[body:sealed], column[sealed:end], event + name.encode())
        except (InvalidTag, ValueError) as error:
            raise Tampered(field=name, rule="part.seal") from error
        found.append((name, part))
    return found


def _frames(column: bytes) -> list[tuple[str, int, int]]:
    """Each part's name, and where its sealed bytes begin and end."""
    if column[:1] != _FORM:
        raise Tampered(rule="part.frame")
    at, end, before = 1, len(column), ""
    found = []
    while at < end:
        named = at + 1 + column[at]
        body = named + _LENGTH.size
        raw = column[at + 1 : named]
        if body > end or not raw.isascii() or not before < (name := raw.decode("ascii")):
            raise Tampered(rule="part.frame")
        at = body + _LENGTH.unpack_from(column, named)[0]
        if at > end:
            raise Tampered(rule="part.frame")
        before = name
        found.append((name, body, at))
    return found
