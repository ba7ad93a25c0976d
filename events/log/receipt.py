"""Receipts (c2sp.org/tlog-proof): that one event stands in the log, provable offline and without asking us again.

One signed checkpoint serves all receipts under it: a receipt costs a few hashes, not a signature.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable

import msgspec

from events.errors import Malformed, Tampered
from events.log import checkpoint, note
from events.log.checkpoint import Checkpoint
from events.log.leaf import checked_leaf_of
from events.log.note import Verifier
from events.log.tree import HASH_BYTES, Node, inclusion_proof, verify_inclusion

_FORM = "c2sp.org/tlog-proof@v1"
_MAX_PROOF = 64  # hashes: trees beyond 2^64 leaves are none


class Receipt(msgspec.Struct, frozen=True):
    """The inclusion proof of the leaf at `index` under a signed checkpoint, whose text is kept word for word."""

    index: int
    proof: tuple[bytes, ...]
    checkpoint: str

    def text(self) -> str:
        """The written form of the standard."""
        hashes = "".join(f"{base64.b64encode(item).decode()}\n" for item in self.proof)
        return f"{_FORM}\nindex {self.index}\n{hashes}\n{self.checkpoint}"

    @classmethod
    def parse(cls, text: str) -> Receipt:
        """The receipt written so; extra data, which nothing authenticates, are passed over. Raises Malformed."""
        head, _, signed = text.partition("\n\n")
        form, *lines = head.split("\n")
        if lines and lines[0].startswith("extra "):
            lines = lines[1:]
        if form != _FORM or not lines or not signed or len(lines) - 1 > _MAX_PROOF:
            raise Malformed(field="receipt", rule="receipt.form")
        index = lines[0].removeprefix("index ")
        if not index.isascii() or not index.isdecimal() or f"index {int(index[:20])}" != lines[0]:
            raise Malformed(field="index", rule="receipt.index")
        proof = tuple(note.decoded(line) for line in lines[1:])
        if any(len(item) != HASH_BYTES for item in proof):
            raise Malformed(field="proof", rule="receipt.form")
        return cls(int(index), proof, signed)


def receipt(index: int, size: int, signed: str, node: Node) -> Receipt:
    """The receipt of the event at `index`, under the signed checkpoint of this size."""
    return Receipt(index, tuple(inclusion_proof(index, size, node)), signed)


def verify(frame: bytes, proof: Receipt, log: Verifier, witnesses: Iterable[Verifier] = ()) -> Checkpoint:
    """The checkpoint under which the event with these frame bytes stands in the log.

    Raises Tampered where signature, form or proof do not fit, Malformed where the checkpoint is none.
    """
    found = checkpoint.verify(proof.checkpoint, log, witnesses)
    if not verify_inclusion(checked_leaf_of(frame), proof.index, found.size, proof.proof, found.root):
        raise Tampered(field="proof", rule="receipt.proof")
    return found
