"""Sealed parts: open under their person's key in their own event only, and prove what was shown without any key."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from events.envelope import PARTS
from events.errors import Malformed, Tampered
from events.vault.parts import commitment, content_of, part_bytes, salt_of
from events.vault.seal import Binding, held, open_bytes, open_part, open_parts, same_content, seal, seal_bytes

CIPHER = AESGCM(bytes(range(32)))
BINDING = Binding(
    event="0192f0c1-0000-7000-8000-000000000001",
    author="110101001000",
    person="5f0c7f9e-0000-4000-8000-000000000001",
    type="movement.arrived",
    schema=1,
)
CONTENT: dict[str, dict[str, Any]] = {
    "identity": {"stated": {"name": "王小明", "born_on": "1990-03-07"}},
    "address": {"address": {"text": "和平路 1 号"}},
}
SALT = bytes(range(32))

fields = st.text(st.characters(min_codepoint=97, max_codepoint=122), min_size=1).filter(lambda key: key != "salt")
contents = st.dictionaries(fields, st.text('汉a"\\') | st.integers(0, 9) | st.none(), max_size=4)


@pytest.mark.parametrize("name", ["", "地址", "x" * 256])
def test_a_part_whose_name_could_not_be_framed_is_refused(name):
    with pytest.raises(Malformed) as caught:
        seal({name: {}}, BINDING, CIPHER)
    assert caught.value.rule == "part.name"


class TestCommitment:
    def test_is_the_hash_of_salt_and_part_with_the_salt_inside(self):
        part = part_bytes({"name": "王小明"}, SALT)
        assert part == f'{{"name":"王小明","salt":"{SALT.hex()}"}}'.encode()
        assert commitment(part) == hashlib.sha256(SALT + part).hexdigest()
        assert salt_of(part) == SALT
        assert content_of(part) == {"name": "王小明"}

    def test_a_field_named_salt_deeper_inside_is_content(self):
        part = part_bytes({"a": {"salt": "x"}}, SALT)
        assert salt_of(part) == SALT
        assert content_of(part) == {"a": {"salt": "x"}}

    def test_the_name_salt_is_reserved(self):
        with pytest.raises(Malformed, match=r"part\.salt_reserved"):
            seal({"identity": {"salt": "mine"}}, BINDING, CIPHER)

    @pytest.mark.parametrize(
        "salt", ['""', "7", f'"{SALT.hex()[:-2]}"', f'"{SALT.hex().upper()}"', f'"{SALT.hex()}00"', '"zz"']
    )
    def test_any_other_salt_is_refused(self, salt):
        with pytest.raises(Malformed) as caught:
            commitment(f'{{"salt":{salt}}}'.encode())
        assert caught.value.rule == "part.salt"

    @pytest.mark.parametrize("part", [b"", b"[]", b"{}", b"\xff", b'"salt"'])
    def test_what_is_no_part_is_refused(self, part):
        with pytest.raises(Malformed):
            commitment(part)
        with pytest.raises(Malformed):
            content_of(part)

    def test_equal_contents_have_unequal_commitments(self):
        twice = [seal(CONTENT, BINDING, CIPHER).commitments for _ in range(2)]
        assert not set(twice[0].values()) & set(twice[1].values())


@given(st.dictionaries(st.sampled_from(PARTS), contents))
def test_what_is_sealed_opens_as_it_was(parts):
    sealed = seal(parts, BINDING, CIPHER)
    assert held(sealed.column) == set(parts) == set(sealed.commitments)
    assert open_parts(sealed.column, BINDING, CIPHER, sealed.commitments) == parts


def test_nothing_in_a_sealed_column_can_be_read():
    column = seal(CONTENT, BINDING, CIPHER).column
    assert "王小明".encode() not in column
    assert b"1990" not in column


def test_one_part_opens_without_the_others():
    sealed = seal(CONTENT, BINDING, CIPHER)
    damaged = bytearray(sealed.column)
    damaged[-1] ^= 1  # the last byte of `identity`, which comes after `address`
    column = bytes(damaged)
    assert open_part(column, BINDING, CIPHER, sealed.commitments, "address") == CONTENT["address"]
    assert open_part(column, BINDING, CIPHER, sealed.commitments, "contact") is None
    with pytest.raises(Tampered) as caught:
        open_part(column, BINDING, CIPHER, sealed.commitments, "identity")
    assert (caught.value.field, caught.value.rule) == ("identity", "part.seal")


@pytest.mark.parametrize(
    "change",
    [{"event": "other"}, {"author": "110101002000"}, {"person": "other"}, {"type": "movement.left"}, {"schema": 2}],
)
def test_a_part_opens_in_its_own_event_only(change):
    sealed = seal(CONTENT, BINDING, CIPHER)
    with pytest.raises(Tampered):
        open_parts(sealed.column, msgspec.structs.replace(BINDING, **change), CIPHER, sealed.commitments)


def test_a_part_opens_under_its_own_name_only():
    sealed = seal({"address": CONTENT["address"]}, BINDING, CIPHER)
    renamed = sealed.column.replace(b"address", b"contact")
    with pytest.raises(Tampered):
        open_parts(renamed, BINDING, CIPHER, {"contact": sealed.commitments["address"]})


def test_a_part_opens_under_its_own_key_only():
    sealed = seal(CONTENT, BINDING, CIPHER)
    with pytest.raises(Tampered):
        open_parts(sealed.column, BINDING, AESGCM(bytes(32)), sealed.commitments)


def test_every_altered_byte_and_every_cut_is_noticed():
    sealed = seal(CONTENT, BINDING, CIPHER)
    for at in range(len(sealed.column)):
        altered = bytearray(sealed.column)
        altered[at] ^= 0x41
        with pytest.raises(Tampered):
            open_parts(bytes(altered), BINDING, CIPHER, sealed.commitments)
    whole = {len(sealed.column), 1, len(seal({"address": CONTENT["address"]}, BINDING, CIPHER).column)}
    for length in set(range(len(sealed.column))) - whole:
        with pytest.raises(Tampered):
            open_parts(sealed.column[:length], BINDING, CIPHER, sealed.commitments)


def test_a_part_other_than_the_one_committed_to_is_noticed():
    committed, other = (seal(CONTENT, BINDING, CIPHER) for _ in range(2))
    with pytest.raises(Tampered) as caught:
        open_parts(other.column, BINDING, CIPHER, committed.commitments)
    assert caught.value.rule == "part.commitment"
    with pytest.raises(Tampered):
        open_parts(other.column, BINDING, CIPHER, {})


def test_a_peer_seals_again_under_its_own_key_and_the_commitments_stay():
    ours = seal(CONTENT, BINDING, CIPHER)
    shown = open_bytes(ours.column, BINDING, CIPHER, ours.commitments, {"identity"})
    theirs = AESGCM(bytes(32))
    sealed = seal_bytes(shown, BINDING, theirs)
    assert sealed.commitments == {"identity": ours.commitments["identity"]}
    assert open_parts(sealed.column, BINDING, theirs, ours.commitments) == {"identity": CONTENT["identity"]}


@pytest.mark.parametrize("spelling", [{"indent": 1}, {"ensure_ascii": True}])
def test_a_peer_cannot_bring_in_a_part_in_another_spelling(spelling):
    part = json.dumps({"name": "王小明", "salt": SALT.hex()}, **spelling).encode()
    with pytest.raises(Malformed) as caught:
        seal_bytes({"identity": part}, BINDING, CIPHER)
    assert caught.value.rule == "json.canonical"


def test_a_repeated_request_is_told_from_another_by_the_stored_salts():
    sealed = seal(CONTENT, BINDING, CIPHER)
    stored = open_bytes(sealed.column, BINDING, CIPHER, sealed.commitments)
    assert same_content(CONTENT, stored)
    assert not same_content({**CONTENT, "address": {"address": {"text": "和平路 2 号"}}}, stored)
    assert not same_content({"identity": CONTENT["identity"]}, stored)
    assert not same_content({**CONTENT, "remarks": {}}, stored)
