"""Signed notes (c2sp.org/signed-note): a text, and the Ed25519 signatures of those who stand by it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from events.errors import Malformed, Tampered

MAX_BYTES = 1 << 16  # room for far more than the sixteen signatures that every verifier must take
_ED25519 = b"\x01"  # the type of plain Ed25519 signatures
_ID_BYTES = 4
_DASH = "\N{EM DASH} "


class Verifier(msgspec.Struct, frozen=True):
    """Who may have signed: a key by its name and its 32 public bytes."""

    name: str
    public: bytes

    def __post_init__(self) -> None:
        if not self.name or "+" in self.name or self.name.split() != [self.name]:
            raise Malformed(field="name", rule="note.key_name")

    @property
    def id(self) -> bytes:
        """The four bytes that mark this key's signatures."""
        return sha256(self.name.encode() + b"\n" + _ED25519 + self.public).digest()[:_ID_BYTES]

    def text(self) -> str:
        """The usual written form: name, id in hex, and the key in base64, parted by plus signs."""
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> Verifier:
        """The verifier written so. Raises Malformed where the parts do not fit together."""
        name, _, rest = text.partition("+")
        key = decoded(rest.partition("+")[2])
        found = cls(name, key[1:])
        if found.text() != text or len(found.public) != 32:
            raise Malformed(field="key", rule="note.key")
        return found


class Signer:
    """Signs notes under a key name."""

    def __init__(self, name: str, private: Ed25519PrivateKey) -> None:
        self._private = private
        self.verifier = Verifier(name, private.public_key().public_bytes_raw())

    def line(self, text: str) -> str:
        """The signature line for a text."""
        signature = self.verifier.id + self._private.sign(text.encode())
        return f"{_DASH}{self.verifier.name} {base64.b64encode(signature).decode()}\n"


def sign(text: str, *signers: Signer) -> str:
    """The note of a text that ends in a newline, signed by each."""
    return text + "\n" + "".join(signer.line(text) for signer in signers)


def verify(note: str, verifiers: Iterable[Verifier]) -> tuple[str, frozenset[Verifier]]:
    """The text of a note, and which of the verifiers signed it: at least one.

    Raises Malformed where it is no note; Tampered where a known key's signature is wrong, or none is there. Signatures
    of unknown keys are passed over, as the standard demands.
    """
    text, lines = _parts(note)
    known = {(verifier.name, verifier.id): verifier for verifier in verifiers}
    found: set[Verifier] = set()
    for name, signature in [_signature(line) for line in lines]:
        verifier = known.get((name, signature[:_ID_BYTES]))
        if verifier is None:
            continue
        try:
            Ed25519PublicKey.from_public_bytes(verifier.public).verify(signature[_ID_BYTES:], text.encode())
        except (InvalidSignature, ValueError) as error:
            raise Tampered(field="signature", rule="note.signature", name=name) from error
        found.add(verifier)
    if not found:
        raise Tampered(field="signature", rule="note.unsigned")
    return text, frozenset(found)


def decoded(text: str) -> bytes:
    """The bytes of standard base64 in its one right spelling. Raises Malformed."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(field="base64", rule="note.base64") from error
    if base64.b64encode(data).decode() != text:
        raise Malformed(field="base64", rule="note.base64")
    return data


def _parts(note: str) -> tuple[str, list[str]]:
    # A lone surrogate has no bytes to sign; "replace" gives it some, and it is refused beside the control characters.
    if len(note.encode(errors="replace")) > MAX_BYTES or any(_stray(char) for char in note):
        raise Malformed(field="note", rule="note.form")
    head, blank, tail = note.rpartition("\n\n")
    if not head or not blank or not tail.endswith("\n"):
        raise Malformed(field="note", rule="note.form")
    return head + "\n", tail[:-1].split("\n")


def _signature(line: str) -> tuple[str, bytes]:
    name, _, written = line.removeprefix(_DASH).partition(" ")
    signature = decoded(written)
    if not line.startswith(_DASH) or not name or len(signature) <= _ID_BYTES:
        raise Malformed(field="signature", rule="note.form")
    return name, signature


def _stray(char: str) -> bool:
    return (char < " " and char != "\n") or "\ud800" <= char <= "\udfff"
