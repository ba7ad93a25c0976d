"""Checkpoints (c2sp.org/tlog-checkpoint): the size and root of a log at one moment, signed for witnesses to keep.

A log never signs two checkpoints without a consistency proof between them. Time belongs in a witness's cosignature.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable

import msgspec

from events.errors import Malformed, Tampered
from events.log import note
from events.log.note import Signer, Verifier
from events.log.tree import HASH_BYTES


class Checkpoint(msgspec.Struct, frozen=True):
    """`origin`: the name of the log, which is also the name of its key. `extensions`: opaque lines, kept as signed."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def text(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def sign(size: int, root: bytes, signer: Signer) -> str:
    """The signed checkpoint of the log that bears the signer's name."""
    return note.sign(Checkpoint(signer.verifier.name, size, root).text(), signer)


def verify(signed: str, log: Verifier, witnesses: Iterable[Verifier] = ()) -> Checkpoint:
    """The checkpoint that this log signed. Raises Malformed where it is none, Tampered where it is not signed by it.

    A signature under the name and id of a witness must be right too; which witnesses signed, `note.verify` tells.
    """
    text, signers = note.verify(signed, (log, *witnesses))
    checkpoint = parse(text)
    if log not in signers or checkpoint.origin != log.name:
        raise Tampered(field="origin", rule="checkpoint.origin")
    return checkpoint


def parse(text: str) -> Checkpoint:
    """The checkpoint in a note's text, which proves nothing yet. Raises Malformed."""
    origin, size, root, *extensions = _lines(text)
    if not size.isascii() or not size.isdecimal() or str(int(size[:20])) != size:
        raise Malformed(field="size", rule="checkpoint.size")
    found = Checkpoint(origin, int(size), note.decoded(root), tuple(extensions))
    if len(found.root) != HASH_BYTES:
        raise Malformed(field="root", rule="checkpoint.root")
    return found


def _lines(text: str) -> list[str]:
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise Malformed(field="checkpoint", rule="checkpoint.form")
    return lines
