"""The stored form, read from a node's file by what DESIGN.md section 6 says alone: none of our code reads it here."""

import hashlib
import json
import sqlite3
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from exchange.pipeline.advance import advance
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, opened, woman

# In the order of the catalogue. RFC 8785 sorts the keys; what says nothing is left out.
ENVELOPE = {
    "id", "type", "schema", "subject", "touches", "stay", "author", "actor", "effective_on", "stamp", "recorded_at",
    "version", "target", "because", "submission", "facts", "commitments",
}  # fmt: skip
PARTS = {"identity", "cohort", "address", "contact", "remarks"}


def canonical(value: Any) -> bytes:
    """RFC 8785, where keys are ASCII and all numbers are integers."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


class Kept:
    """The file of a node, its master keys, and what a story left in them."""

    def __init__(self, folder: Path) -> None:
        self.sql = sqlite3.connect(f"file:{folder / 'exchange.db'}?mode=ro", uri=True)
        masters = json.loads((folder / "master-keys.json").read_text())["keys"]
        self.masters = {bytes.fromhex(name): AESGCM(bytes.fromhex(key)) for name, key in masters.items()}

    def events(self) -> Iterator[tuple[Any, ...]]:
        yield from self.sql.execute("SELECT author, id, kind, subject, version, submission, body, sealed FROM events")

    def cipher(self, person: str) -> AESGCM:
        """The person's key: form, name of the master key, nonce, and the key sealed for this person."""
        (wrapped,) = self.sql.execute("SELECT wrapped FROM keys WHERE person = ?", [person]).fetchone()
        assert wrapped[:1] == b"\x01"
        return AESGCM(self.masters[wrapped[1:5]].decrypt(wrapped[5:17], wrapped[17:], person.encode()))

    def parts(self, frame: dict[str, Any], sealed: bytes) -> dict[str, bytes]:
        """Each part of an event, by AES-256-GCM bound to event, author, person, type, schema and its own name."""
        assert sealed[:1] == b"\x01"
        found, at = {}, 1
        while at < len(sealed):
            name = sealed[at + 1 : at + 1 + sealed[at]].decode("ascii")
            at += 1 + sealed[at]
            (size,) = struct.unpack(">I", sealed[at : at + 4])
            nonce, closed = sealed[at + 4 : at + 16], sealed[at + 16 : at + 4 + size]
            at += 4 + size
            bound = [frame["id"], frame["author"], frame["subject"][1], frame["type"], str(frame["schema"]), name]
            found[name] = self.cipher(frame["subject"][1]).decrypt(nonce, closed, "\0".join(bound).encode())
        assert list(found) == sorted(found)
        return found


@pytest.fixture
def kept(tmp_path) -> Iterator[Kept]:
    """A story of two towns that brings every part, then the file that it left."""
    node = opened(tmp_path)
    home, new_home = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    home.registers(woman(education="70", phone="13800000000", nationality=["CN"]))
    arrival = new_home.sees_arrive(woman(born_on="1988-06-02"), ZHIFANG, reason="work", stay_until="2027-03-01")
    case = str(home.notice("inflow").case)
    deviations = [{"field": "born_on"}, {"field": "kind", "ours": "further"}]
    home.answers("case.confirmed", case, deviations=deviations, note="王小雨五月生")
    corrected = {"target": [DONGHUAMEN, arrival.id], "set": {"born_on": "1988-05-02", "address": "2 Lane"}}
    new_home.records("event.corrected", "2026-03-02", corrected, arrival.person)
    new_home.records("movement.moved_within", "2026-03-02", {"address": "3 Lane"}, arrival.person)
    advance(node)
    node.close()
    held = Kept(tmp_path)
    yield held
    held.sql.close()


def test_the_clear_frame_is_canonical_and_its_columns_are_taken_from_it(kept: Kept):
    for author, id_, kind, subject, version, submission, body, _ in kept.events():
        frame = json.loads(body)
        assert canonical(frame) == body
        assert frame.keys() <= ENVELOPE
        columns = (frame["author"], frame["id"], frame["subject"], frame["version"], frame["submission"])
        assert columns == (author, id_, [kind, subject], version, submission)


def test_each_part_is_canonical_with_its_salt_inside_and_the_frame_commits_to_it(kept: Kept):
    salts, names = [], set()
    for *_, body, sealed in kept.events():
        frame = json.loads(body)
        parts = kept.parts(frame, sealed)
        assert frame.get("commitments", {}).keys() == parts.keys()
        for name, part in parts.items():
            content = json.loads(part)
            assert canonical(content) == part
            salts.append(bytes.fromhex(content["salt"]))
            assert frame["commitments"][name] == hashlib.sha256(salts[-1] + part).hexdigest()
            names.add(name)
    assert names == PARTS
    assert len(set(salts)) == len(salts)
    assert {len(salt) for salt in salts} == {32}


def test_nothing_in_the_clear_tells_of_the_person(kept: Kept):
    clear = b"".join(body for *_, body, _ in kept.events())
    words = ["王小雨", "1988-05-02", "1988-06-02", "420115198805", "Lane", "Lake", "13800000000", "五月"]
    assert [word for word in words if word.encode() in clear] == []
    dump = "\n".join(kept.sql.iterdump()).encode()
    hidden = [word for word in words if word.encode() in dump or word.encode().hex().upper().encode() in dump]
    assert hidden == []


def test_streams_log_and_feeds_have_no_gap_and_every_leaf_is_the_hash_of_the_bytes(kept: Kept):
    streams: dict[tuple[str, str], list[int]] = {}
    bodies = {}
    for author, id_, _, subject, version, _, body, _ in kept.events():
        streams.setdefault((subject, author), []).append(version)
        bodies[author, id_] = body
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in streams.values())
    log = list(kept.sql.execute('SELECT "index", author, id, leaf, at FROM log ORDER BY "index"'))
    assert [row[0] for row in log] == list(range(len(bodies)))
    assert [row[3] for row in log] == [hashlib.sha256(b"\0" + bodies[row[1], row[2]]).digest() for row in log]
    assert [row[4] for row in log] == sorted(row[4] for row in log)
    feeds: dict[str, list[int]] = {}
    for recipient, position in kept.sql.execute("SELECT recipient, position FROM deliveries"):
        feeds.setdefault(recipient, []).append(position)
    assert feeds.keys() == {ZHIFANG, DONGHUAMEN}
    assert all(sorted(found) == list(range(1, len(found) + 1)) for found in feeds.values())


def test_a_document_is_found_by_a_token_that_says_nothing(kept: Kept):
    tokens = list(kept.sql.execute("SELECT kind, token FROM tokens"))
    assert tokens
    assert {(kind, len(token)) for kind, token in tokens} == {("document", 32)}
