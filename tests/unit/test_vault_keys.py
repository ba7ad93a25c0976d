"""Keys: wrapped for one person, one that stands for all who come at once, gone for ever once destroyed."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from events.errors import Erased, Tampered
from events.vault.blind_index import BlindIndex
from events.vault.keys import PersonKeys
from events.vault.ring import KeyRingUnusable, MasterKeys

PERSON, OTHER = "5f0c7f9e-0000-4000-8000-000000000001", "5f0c7f9e-0000-4000-8000-000000000002"
KEY = bytes(range(32))


class Shelf:
    """The smallest store of wrapped keys that keeps the promises of `KeyStore`."""

    def __init__(self) -> None:
        self.rows: dict[str, bytes | None] = {}

    def wrapped_key(self, person: str) -> bytes | None:
        if person in self.rows and self.rows[person] is None:
            raise Erased(person=person)
        return self.rows.get(person)

    def put_key(self, person: str, wrapped: bytes) -> bytes:
        standing = self.rows.setdefault(person, wrapped)
        if standing is None:
            raise Erased(person=person)
        return standing

    def destroy_key(self, person: str) -> None:
        self.rows[person] = None


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def ring() -> MasterKeys:
    return MasterKeys.new()


def test_a_wrapped_key_opens_for_its_person_only(ring):
    wrapped = ring.wrap(PERSON, KEY)
    assert ring.unwrap(PERSON, wrapped) == KEY
    with pytest.raises(Tampered) as caught:
        ring.unwrap(OTHER, wrapped)
    assert caught.value.rule == "key.unwrap"


def test_no_byte_of_a_wrapped_key_can_be_altered(ring):
    wrapped = ring.wrap(PERSON, KEY)
    for at in range(len(wrapped)):
        altered = bytearray(wrapped)
        altered[at] ^= 1
        with pytest.raises((Tampered, KeyRingUnusable)):
            ring.unwrap(PERSON, bytes(altered))
    for length in range(len(wrapped)):
        with pytest.raises((Tampered, KeyRingUnusable)):
            ring.unwrap(PERSON, wrapped[:length])


def test_rotation_wraps_anew_and_still_opens_the_old(ring):
    old = ring.wrap(PERSON, KEY)
    rotated = ring.rotated()
    new = rotated.wrap(PERSON, KEY)
    assert rotated.unwrap(PERSON, old) == rotated.unwrap(PERSON, new) == KEY
    with pytest.raises(KeyRingUnusable) as caught:
        ring.unwrap(PERSON, new)
    assert caught.value.rule == "key_ring.unknown_key"


def test_the_ring_is_made_once_readable_by_its_owner_only(tmp_path: Path):
    path = tmp_path / "secrets" / "ring"
    with ThreadPoolExecutor(8) as many:
        rings = list(many.map(lambda _: MasterKeys.at(path), range(8)))
    assert {ring.ids for ring in rings} == {MasterKeys.at(path).ids}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["ring"]


def test_a_saved_rotation_is_what_the_next_process_reads(tmp_path: Path):
    path = tmp_path / "ring"
    rotated = MasterKeys.at(path).rotated()
    rotated.save(path)
    assert MasterKeys.at(path).ids == rotated.ids
    assert len(rotated.ids) == 2
    assert MasterKeys.at(path).unwrap(PERSON, rotated.wrap(PERSON, KEY)) == KEY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_ring_that_others_may_read_is_refused(tmp_path: Path):
    path = tmp_path / "ring"
    MasterKeys.at(path)
    path.chmod(0o640)
    with pytest.raises(KeyRingUnusable) as caught:
        MasterKeys.at(path)
    assert caught.value.rule == "key_ring.mode"


@pytest.mark.parametrize(
    "content", [b"", b"{}", b'{"keys":{}}', b'{"keys":{"00000001":"00"}}', b'{"keys":{"x":"' + b"0" * 64 + b'"}}']
)
def test_a_ring_with_other_content_is_refused_and_left_alone(tmp_path: Path, content: bytes):
    path = tmp_path / "ring"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(KeyRingUnusable) as caught:
        MasterKeys.at(path)
    assert caught.value.rule == "key_ring.content"
    assert path.read_bytes() == content


def test_printing_a_ring_shows_no_key(ring):
    assert ring.oldest.hex() not in repr(ring)


def test_a_person_has_one_key_in_every_process(ring, shelf):
    one, other = PersonKeys(ring, shelf), PersonKeys(ring, shelf)
    sealed = one.cipher_or_new(PERSON).encrypt(bytes(12), b"text", None)
    assert other.cipher_or_new(PERSON).decrypt(bytes(12), sealed, None) == b"text"
    assert other.cipher(PERSON).decrypt(bytes(12), sealed, None) == b"text"


def test_of_two_who_make_a_key_at_once_both_get_the_first(ring, shelf):
    keys = PersonKeys(ring, shelf)
    first = shelf.put_key(PERSON, keys.fresh(PERSON))
    assert shelf.put_key(PERSON, keys.fresh(PERSON)) == first


def test_the_cipher_is_cached_by_its_wrapped_key(ring, shelf):
    keys = PersonKeys(ring, shelf)
    assert keys.cipher_or_new(PERSON) is keys.cipher(PERSON)
    assert keys.cipher(PERSON) is keys.unwrapped(PERSON, shelf.put_key(PERSON, b""))


def test_a_destroyed_key_opens_nothing_in_any_process_that_had_used_it(ring, shelf):
    one, other = PersonKeys(ring, shelf), PersonKeys(ring, shelf)
    one.cipher_or_new(PERSON)
    other.cipher(PERSON)
    one.erase(PERSON)
    one.erase(PERSON)
    for keys in (one, other):
        with pytest.raises(Erased):
            keys.cipher(PERSON)
        with pytest.raises(Erased):
            keys.cipher_or_new(PERSON)


def test_who_never_had_a_key_is_not_given_one_by_reading(ring, shelf):
    with pytest.raises(Erased):
        PersonKeys(ring, shelf).cipher(PERSON)
    assert shelf.rows == {}


class TestBlindIndex:
    def test_equal_documents_have_equal_tokens_and_others_not(self, ring):
        index = BlindIndex(ring)
        number = "11010119900307123X"
        assert index.token("resident", number) == BlindIndex(ring).token("resident", number)
        others = {
            index.token("passport", number),
            index.token("resident", number[:-1]),
            BlindIndex(MasterKeys.new()).token("resident", number),
        }
        assert len(others | {index.token("resident", number)}) == 4

    def test_rotation_keeps_tokens(self, ring):
        assert BlindIndex(ring).token("permit", "1") == BlindIndex(ring.rotated()).token("permit", "1")

    def test_the_token_is_the_hmac_that_the_docstring_names(self):
        # Computed apart: HKDF by its two steps (RFC 5869), with HMAC from the standard library.
        import hmac  # noqa: PLC0415  # only this independent calculation needs it

        extracted = hmac.digest(bytes(32), KEY, "sha256")
        derived = hmac.digest(extracted, b"exchange/blind-index/document/1\x01", "sha256")
        token = BlindIndex(MasterKeys({"00000001": KEY})).token("resident", "1")
        assert token == hmac.digest(derived, b"resident\x001", "sha256")
