"""The bytes of a part, and the commitment to them that an event's clear frame carries (DESIGN.md section 6).

A part is one canonical JSON object that holds, among the fields of its content, `salt`: 32 random bytes in lowercase
hex. Its commitment is

    lowercase hex of SHA-256(salt ‖ part)

where `salt` is the 32 raw bytes and `part` the whole canonical object, `salt` field included. So whoever is shown the
bytes of a part can prove them without any key, and nobody can guess them once the salt is gone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec

from events import canonical
from events.errors import Malformed

SALT = "salt"
SALT_BYTES = 32


class _Salted(msgspec.Struct):
    salt: str


_salted = msgspec.json.Decoder(_Salted).decode
_plain = msgspec.json.Decoder(dict[str, Any]).decode


def part_bytes(content: Mapping[str, Any], salt: bytes) -> bytes:
    """The bytes of a part. Raises Malformed where the content is no canonical JSON or has a `salt` of its own."""
    if SALT in content:
        raise Malformed(field=SALT, rule="part.salt_reserved")
    return canonical.encode({**content, SALT: salt.hex()})


def salt_of(part: bytes) -> bytes:
    """The salt inside a part's bytes. Raises Malformed where there is none."""
    try:
        text = _salted(part).salt
        salt = bytes.fromhex(text)
    except (msgspec.DecodeError, UnicodeDecodeError, ValueError) as error:
        raise Malformed(field=SALT, rule="part.salt") from error
    if len(salt) != SALT_BYTES or salt.hex() != text:
        raise Malformed(field=SALT, rule="part.salt")
    return salt


def commitment(part: bytes) -> str:
    """Lowercase hex of SHA-256(salt ‖ part), as this module defines it. Raises Malformed where there is no salt."""
    return salted_hash(salt_of(part), part)


def salted_hash(salt: bytes, part: bytes) -> str:
    """The same where the salt inside the part is at hand."""
    return hashlib.sha256(salt + part).hexdigest()


def content_of(part: bytes) -> dict[str, Any]:
    """What a part tells, without its salt. Raises Malformed where the bytes are not in canonical form."""
    content = canonical.decode_canonical(part)
    if not isinstance(content, dict) or content.pop(SALT, None) is None:
        raise Malformed(field=SALT, rule="part.salt")
    return content


def proved_content_of(part: bytes, committed: str | None) -> dict[str, Any]:
    """The same, for bytes out of our own seal: nothing but parts in canonical form, salt included, goes in there.

    Raises Malformed where they are not those of that commitment. One decoding gives the salt and the content.
    """
    content: dict[str, Any] = _plain(part)
    salt = content.pop(SALT, None)
    if salt is None or hashlib.sha256(bytes.fromhex(salt) + part).hexdigest() != committed:
        raise Malformed(field=SALT, rule="part.salt")
    return content
