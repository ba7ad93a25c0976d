"""Signed notes, checkpoints and receipts, in the forms that other implementations read."""

from __future__ import annotations

import base64

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from events.canonical import encode
from events.errors import Malformed, Tampered
from events.log import checkpoint, note, receipt
from events.log.checkpoint import Checkpoint
from events.log.leaf import leaf_of
from events.log.note import Signer, Verifier
from events.log.receipt import Receipt
from events.log.tree import nodes_over, root

# The vector that Go's golang.org/x/mod/sumdb/note publishes; Ed25519 signatures are the same wherever they are made.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_LINE = (
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def signer(name: str, seed: int = 1) -> Signer:
    return Signer(name, Ed25519PrivateKey.from_private_bytes(bytes((seed,)) * 32))


LOG = signer("node.example/facts")
WITNESS = signer("witness.example", 2)
FRAMES = [encode({"id": str(index)}) for index in range(13)]
LEAVES = [leaf_of(frame) for frame in FRAMES]
NODE = nodes_over(LEAVES)
ROOT = root(LEAVES)
SIGNED = checkpoint.sign(len(FRAMES), ROOT, LOG)


class TestNote:
    def test_is_the_one_that_another_implementation_signs(self):
        peer = Signer("PeterNeumann", Ed25519PrivateKey.from_private_bytes(GO_SEED))
        assert note.sign(GO_TEXT, peer) == f"{GO_TEXT}\n{GO_LINE}"
        assert peer.verifier.text() == GO_KEY
        assert Verifier.parse(GO_KEY) == peer.verifier

    def test_tells_the_text_and_who_signed(self):
        signed = note.sign("text\n\nmore\n", LOG, WITNESS)
        both = frozenset({LOG.verifier, WITNESS.verifier})
        assert note.verify(signed, both) == ("text\n\nmore\n", both)
        assert note.verify(signed, [WITNESS.verifier]) == ("text\n\nmore\n", frozenset({WITNESS.verifier}))

    @pytest.mark.parametrize("stranger", [signer(LOG.verifier.name, 3), signer("other.example", 1)])
    def test_unsigned_by_anyone_known_is_refused(self, stranger):
        with pytest.raises(Tampered) as caught:
            note.verify(note.sign("text\n", stranger), [LOG.verifier])
        assert caught.value.rule == "note.unsigned"

    def test_one_wrong_signature_of_a_known_key_spoils_the_note(self):
        other = LOG.line("other text\n")
        with pytest.raises(Tampered) as caught:
            note.verify(note.sign("text\n", WITNESS) + other, [LOG.verifier, WITNESS.verifier])
        assert caught.value.rule == "note.signature"

    @pytest.mark.parametrize(
        "broken",
        [
            "",
            "text\n",
            f"text\n{GO_LINE}",
            "text\n\n",
            f"text\n\n{GO_LINE[:-1]}",
            f"text\r\n\n{GO_LINE}",
            f"te\ud800xt\n\n{GO_LINE}",
            f"text\n\n{GO_LINE}unmarked\n",
            f"text\n\n{GO_LINE}— name bm90\n",
            f"text\n\n{GO_LINE}— name !!!\n",
            f"text\n\n{GO_LINE}— name {base64.b64encode(bytes(68)).decode().replace('=', '')}\n",
            "x" * (1 << 16) + f"\n\n{GO_LINE}",
        ],
    )
    def test_what_is_no_note_is_refused(self, broken):
        with pytest.raises(Malformed):
            note.verify(broken, [Verifier.parse(GO_KEY)])

    @pytest.mark.parametrize("name", ["", "with space", "with+plus", "line\n", "wide\u3000space"])
    def test_key_names_have_no_space_and_no_plus(self, name):
        with pytest.raises(Malformed, match=r"note\.key_name"):
            Verifier(name, bytes(32))

    @pytest.mark.parametrize(
        "text",
        [
            GO_KEY.replace("c74f20a3", "c74f20a4"),
            GO_KEY.replace("PeterNeumann", "PeterNewmann"),
            GO_KEY[:-4],
            GO_KEY.replace("+ARpc", "+BBpc"),
            "PeterNeumann",
            "",
        ],
    )
    def test_a_key_whose_parts_do_not_fit_is_refused(self, text):
        with pytest.raises(Malformed):
            Verifier.parse(text)


class TestCheckpoint:
    def test_has_the_form_of_the_standard(self):
        lines = SIGNED.split("\n")
        assert lines[:4] == ["node.example/facts", "13", base64.b64encode(ROOT).decode(), ""]
        assert lines[4].startswith("— node.example/facts ")
        assert len(lines) == 6

    def test_is_read_back(self):
        assert checkpoint.verify(SIGNED, LOG.verifier) == Checkpoint("node.example/facts", 13, ROOT)

    def test_keeps_what_others_added_to_the_text(self):
        text = Checkpoint("node.example/facts", 13, ROOT, ("one", "two")).text()
        found = checkpoint.verify(note.sign(text, LOG), LOG.verifier)
        assert found.extensions == ("one", "two")

    def test_bears_cosignatures_of_witnesses(self):
        text, _ = note.verify(SIGNED, [LOG.verifier])
        cosigned = SIGNED + WITNESS.line(text)
        assert checkpoint.verify(cosigned, LOG.verifier, [WITNESS.verifier]).size == 13
        spoilt = SIGNED + WITNESS.line("another text\n")
        with pytest.raises(Tampered):
            checkpoint.verify(spoilt, LOG.verifier, [WITNESS.verifier])

    def test_a_witness_alone_makes_no_checkpoint(self):
        text = Checkpoint("node.example/facts", 13, ROOT).text()
        with pytest.raises(Tampered) as caught:
            checkpoint.verify(note.sign(text, WITNESS), LOG.verifier, [WITNESS.verifier])
        assert caught.value.rule == "checkpoint.origin"

    def test_a_log_cannot_speak_for_another(self):
        text = Checkpoint("other.example/facts", 13, ROOT).text()
        with pytest.raises(Tampered) as caught:
            checkpoint.verify(note.sign(text, LOG), LOG.verifier)
        assert caught.value.rule == "checkpoint.origin"

    @pytest.mark.parametrize("size", ["", "-1", "01", "1.0", "one", "１３", "9" * 5000])
    def test_the_size_is_a_plain_number(self, size):
        with pytest.raises(Malformed) as caught:
            checkpoint.parse(f"origin\n{size}\n{base64.b64encode(ROOT).decode()}\n")
        assert caught.value.rule in {"checkpoint.size", "checkpoint.form"}

    @pytest.mark.parametrize(
        "text", ["", "origin\n", "origin\n1\n", "origin\n1\nAAAA\n", "origin\n1\nA\n", "\n1\nAAAA\n"]
    )
    def test_what_is_no_checkpoint_is_refused(self, text):
        with pytest.raises(Malformed):
            checkpoint.parse(text)

    @given(st.integers(0, len(SIGNED) - 1), st.characters())
    def test_no_character_can_be_altered(self, at, char):
        altered = SIGNED[:at] + char + SIGNED[at + 1 :]
        if altered == SIGNED:
            assert checkpoint.verify(altered, LOG.verifier).root == ROOT
            return
        with pytest.raises((Tampered, Malformed)):
            checkpoint.verify(altered, LOG.verifier)


class TestReceipt:
    def test_has_the_form_of_the_standard(self):
        given_out = receipt.receipt(12, 13, SIGNED, NODE)
        hashes = "".join(base64.b64encode(item).decode() + "\n" for item in given_out.proof)
        assert given_out.text() == f"c2sp.org/tlog-proof@v1\nindex 12\n{hashes}\n{SIGNED}"

    @pytest.mark.parametrize("index", range(13))
    def test_proves_each_event_offline(self, index):
        read = Receipt.parse(receipt.receipt(index, 13, SIGNED, NODE).text())
        assert read == receipt.receipt(index, 13, SIGNED, NODE)
        assert receipt.verify(FRAMES[index], read, LOG.verifier).root == ROOT

    def test_the_only_event_needs_no_hash(self):
        signed = checkpoint.sign(1, LEAVES[0], LOG)
        read = Receipt.parse(receipt.receipt(0, 1, signed, NODE).text())
        assert read.proof == ()
        assert receipt.verify(FRAMES[0], read, LOG.verifier).size == 1

    def test_proves_no_other_event_and_no_other_place(self):
        given_out = receipt.receipt(5, 13, SIGNED, NODE)
        moved = msgspec.structs.replace(given_out, index=4)
        for frame, claim in ((FRAMES[4], given_out), (FRAMES[5], moved), (encode({"id": "x"}), given_out)):
            with pytest.raises(Tampered) as caught:
                receipt.verify(frame, claim, LOG.verifier)
            assert caught.value.rule == "receipt.proof"

    def test_proves_nothing_under_a_checkpoint_of_someone_else(self):
        forged = checkpoint.sign(13, ROOT, signer("node.example/facts", 3))
        with pytest.raises(Tampered) as caught:
            receipt.verify(FRAMES[5], receipt.receipt(5, 13, forged, NODE), LOG.verifier)
        assert caught.value.rule == "note.unsigned"

    def test_passes_over_extra_data(self):
        given_out = receipt.receipt(5, 13, SIGNED, NODE)
        text = given_out.text().replace("\nindex", "\nextra YWJj\nindex", 1)
        assert Receipt.parse(text) == given_out

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "c2sp.org/tlog-proof@v1\n",
            "c2sp.org/tlog-proof@v2\nindex 0\n\ncheckpoint\n",
            "c2sp.org/tlog-proof@v1\nindex 0\n\n",
            "c2sp.org/tlog-proof@v1\nindex 01\n\ncheckpoint\n",
            "c2sp.org/tlog-proof@v1\nindex -1\n\ncheckpoint\n",
            "c2sp.org/tlog-proof@v1\n0\n\ncheckpoint\n",
            f"c2sp.org/tlog-proof@v1\nindex {'9' * 5000}\n\ncheckpoint\n",
            "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\ncheckpoint\n",
            "c2sp.org/tlog-proof@v1\nindex 0\n!\n\ncheckpoint\n",
            "c2sp.org/tlog-proof@v1\nindex 0\n" + "A" * 43 + "=\n" * 65 + "\ncheckpoint\n",
        ],
    )
    def test_what_is_no_receipt_is_refused(self, text):
        with pytest.raises(Malformed):
            Receipt.parse(text)
