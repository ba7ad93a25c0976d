"""The stored form of an event: bytes that are hashed, parts that are sealed, repeats that are told from conflicts."""

import hashlib
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from events.canonical import encode, is_canonical
from events.catalogue.movement import Arrived
from events.catalogue.values import StayName, town
from events.codec import (
    SealedEvent,
    binding,
    foreign,
    freeze,
    opened_event,
    require_repeat,
    resealed,
    sealed_event,
    thaw,
)
from events.envelope import Envelope, Part, Ref, Subject
from events.errors import Conflict, Erased, Malformed, Tampered
from events.event import parts_of, restricted
from events.vault.seal import open_bytes

TOWN, FORMER = "330110101000", "510104020000"
KEY, OTHER_KEY = AESGCM(bytes(range(32))), AESGCM(bytes(32))
ARRIVAL = Arrived(
    kind="main",
    registration=town(FORMER),
    ends=(StayName(stay=Ref(FORMER, "first")), StayName(town=FORMER)),
    address="杭州市余杭区良渚街道1号",
    reason="work",
    stated={"name": "林一禾", "born_on": "1990-05-01", "sex": "F"},
)


def frame_of(fact: Arrived, **more: Any) -> Envelope:
    given: dict[str, Any] = {
        "id": "0193600a-0000-7000-8000-000000000001",
        "type": fact.type,
        "schema": 1,
        "subject": Subject("person", "00000000-0000-4000-8000-00000000000a"),
        "author": TOWN,
        "actor": "clerk",
        "effective_on": "2026-11-01",
        "stamp": 1,
        "recorded_at": "2026-11-24T04:00:00Z",
        "version": 1,
        "submission": "0193600a-0000-7000-8000-000000000002",
        "facts": parts_of(fact)[0],
    }
    return Envelope(**{**given, **more})


def sealed(fact: Arrived = ARRIVAL, **more: Any) -> SealedEvent:
    return sealed_event(frame_of(fact, **more), parts_of(fact)[1], KEY)


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=9)
frames = st.builds(
    Envelope,
    id=texts,
    type=texts,
    schema=st.integers(1, 9),
    subject=st.builds(Subject, st.sampled_from(["person", "jurisdiction"]), texts),
    touches=st.lists(texts, max_size=2).map(tuple),
    stay=st.none() | st.builds(Ref, texts, texts),
    author=texts,
    actor=texts,
    effective_on=texts,
    stamp=st.integers(0, 2**53 - 1),
    recorded_at=texts,
    version=st.integers(1, 99),
    target=st.none() | st.builds(Ref, texts, texts),
    because=st.none() | st.builds(Ref, texts, texts),
    submission=texts,
    facts=st.dictionaries(st.sampled_from(["kind", "to"]), texts | st.none() | st.lists(texts, max_size=2)),
    commitments=st.dictionaries(st.sampled_from(["identity", "cohort"]), texts),
)


@given(frames)
def test_thawing_is_the_inverse_of_freezing(frame):
    body = freeze(frame)
    assert is_canonical(body)
    assert thaw(body) == foreign(body) == frame
    assert freeze(thaw(body)) == body


@pytest.mark.parametrize(
    ("changed", "field", "rule"),
    [
        ({"facts": {"kind": "a\0b"}}, "facts.kind", "json.nul"),
        ({"facts": {"kind": {"to": 1.5}}}, "facts.kind.to", "json.float"),
        ({"facts": {"é": 1}}, "facts", "json.key"),
        ({"facts": {1: "a"}}, "facts", "json.key"),
        ({"facts": {"kind": 2**53}}, "facts.kind", "json.integer"),
        ({"actor": "a\0b"}, "actor", "json.nul"),
        ({"actor": "\ud800"}, "actor", "json.surrogate"),
        ({"stamp": 2**53}, "stamp", "json.integer"),
        ({"schema": 1.0}, "schema", "json.float"),
        ({"commitments": {"é": "a"}}, "commitments", "json.key"),
        ({"facts": {"kind": "a" * (1 << 20)}}, "$", "json.size"),
    ],
)
def test_what_is_no_canonical_json_is_refused_by_its_field(changed, field, rule):
    with pytest.raises(Malformed) as caught:
        freeze(msgspec.structs.replace(frame_of(ARRIVAL), **changed))
    assert (caught.value.field, caught.value.rule) == (field, rule)


def test_what_only_looks_like_an_escape_is_text():
    frame = msgspec.structs.replace(frame_of(ARRIVAL), actor="a\\u0000", facts={"ends": ("a", "b")})
    assert freeze(frame) == encode({**msgspec.to_builtins(frame), "facts": {"ends": ["a", "b"]}})


def test_what_says_nothing_is_left_out():
    assert set(msgspec.json.decode(freeze(frame_of(ARRIVAL)))) == {
        "id", "type", "schema", "subject", "author", "actor", "effective_on", "stamp", "recorded_at", "version",
        "submission", "facts",
    }  # fmt: skip


@pytest.mark.parametrize(
    "body",
    [
        b"{}",
        b"nothing",
        b"\xff",
        freeze(frame_of(ARRIVAL)) + b" ",
        freeze(frame_of(ARRIVAL))[:-1] + b',"z":1}',
        freeze(frame_of(ARRIVAL))[:-1] + b',"touches":[]}',
    ],
)
def test_other_bytes_from_elsewhere_are_refused(body):
    with pytest.raises(Malformed):
        foreign(body)


@pytest.mark.parametrize("body", [b"{}", b"nothing", b"\xff"])
def test_stored_bytes_that_are_no_frame_were_tampered_with(body):
    with pytest.raises(Tampered):
        thaw(body)


def test_an_event_opens_as_it_was_sealed():
    opened = opened_event(sealed(), KEY)
    assert opened.payload == ARRIVAL
    assert opened.parts == {"identity", "cohort", "address"}
    assert opened.frame.commitments.keys() == opened.parts


def test_the_clear_bytes_tell_nothing_of_the_person():
    body = sealed().body.decode()  # in whose random hex a year alone stands by chance, once in some hundred runs
    assert not [word for word in ("林一禾", "1990-05", "良渚", "work", '"F"') if word in body]


def test_only_the_parts_allowed_are_opened():
    opened = opened_event(sealed(), KEY, {"identity"})
    assert opened.parts == {"identity"}
    assert isinstance(opened.payload, Arrived)
    assert opened.payload.stated == {"name": "林一禾", "born_on": "1990-05-01"}
    assert opened.payload.address is None


@pytest.mark.parametrize(("cipher", "allowed"), [(None, None), (KEY, frozenset())])
def test_without_a_key_or_parts_the_clear_facts_remain(cipher, allowed):
    opened = opened_event(sealed(), cipher, allowed)
    assert opened.parts == frozenset()
    assert isinstance(opened.payload, Arrived)
    assert (opened.payload.kind, opened.payload.ends, opened.payload.stated) == ("main", ARRIVAL.ends, {})


def test_another_key_opens_nothing():
    with pytest.raises(Tampered):
        opened_event(sealed(), OTHER_KEY)


def test_a_part_moved_to_another_event_does_not_open():
    moved = SealedEvent(frame=frame_of(ARRIVAL, id="x"), body=b"", sealed=sealed().sealed)
    with_commitments = msgspec.structs.replace(moved.frame, commitments=sealed().frame.commitments)
    with pytest.raises(Tampered):
        opened_event(msgspec.structs.replace(moved, frame=with_commitments), KEY)


def test_the_frame_commits_to_each_part_with_the_salt_in_it():
    event = sealed()
    parts = open_bytes(event.sealed, binding(event.frame), KEY, event.frame.commitments)
    for name, part in parts.items():
        salt = bytes.fromhex(msgspec.json.decode(part)["salt"])
        assert event.frame.commitments[name] == hashlib.sha256(salt + part).hexdigest()
    assert thaw(event.body).commitments == event.frame.commitments


def test_an_event_without_parts_needs_no_key():
    bare = Arrived(kind="further")
    event = sealed_event(frame_of(bare), {}, None)
    assert event.frame.commitments == {}
    assert opened_event(event, None).payload == opened_event(event, KEY).payload == bare


def test_parts_without_a_key_cannot_be_sealed():
    with pytest.raises(Erased):
        sealed_event(frame_of(ARRIVAL), parts_of(ARRIVAL)[1], None)


def test_a_peer_seals_anew_and_the_bytes_that_are_hashed_stay():
    event = sealed()
    parts = open_bytes(event.sealed, binding(event.frame), KEY, event.frame.commitments, {"identity"})
    ours = resealed(event.body, parts, OTHER_KEY)
    assert ours.body == event.body
    assert opened_event(ours, OTHER_KEY).parts == {"identity"}


def test_a_peer_takes_no_part_that_the_frame_does_not_commit_to():
    event, other = sealed(), sealed()
    parts = open_bytes(other.sealed, binding(other.frame), KEY, other.frame.commitments)
    with pytest.raises(Tampered):
        resealed(event.body, parts, OTHER_KEY)


def repeat(stored: SealedEvent, fact: Arrived, cipher: AESGCM | None = KEY, derived: Any = (), **more: Any) -> None:
    parts: dict[Part, dict[str, Any]] = parts_of(fact)[1]
    require_repeat(stored, frame_of(fact, **more), parts, cipher, derived)


def test_the_same_said_again_is_a_repeat_whatever_its_order_and_moment():
    repeat(sealed(), ARRIVAL, stamp=9, version=7, recorded_at="2026-12-01T00:00:00Z", actor="colleague", submission="x")


@pytest.mark.parametrize(
    "change",
    [
        {"address": "别处"},
        {"stated": {"name": "林一禾", "born_on": "1990-05-02", "sex": "F"}},
        {"reason": None},
        {"kind": "further"},
        {"ends": ()},
    ],
)
def test_another_content_is_a_conflict(change):
    with pytest.raises(Conflict):
        repeat(sealed(), msgspec.structs.replace(ARRIVAL, **change))


@pytest.mark.parametrize("change", [{"effective_on": "2026-11-02"}, {"because": Ref(TOWN, "x")}, {"touches": ("y",)}])
def test_another_frame_is_a_conflict(change):
    with pytest.raises(Conflict):
        repeat(sealed(), ARRIVAL, **change)


def test_facts_that_the_exchange_adds_may_come_out_otherwise():
    second = msgspec.structs.replace(ARRIVAL, opens=True)
    repeat(sealed(), second, derived={"opens"})
    with pytest.raises(Conflict):
        repeat(sealed(), second)


def test_of_the_erased_nothing_can_be_compared():
    with pytest.raises(Erased):
        repeat(sealed(), ARRIVAL, None)
    bare = Arrived(kind="further")
    repeat(sealed_event(frame_of(bare), {}, None), bare, None)


@pytest.mark.parametrize(
    ("key", "allowed", "seen"),
    [(KEY, None, True), (KEY, {"identity"}, True), (KEY, {"cohort"}, False), (KEY, set(), False), (None, None, False)],
    ids=["author", "identity", "cohort", "no part", "erased"],
)
def test_what_an_older_log_holds_in_the_clear_of_a_part_is_shown_as_that_part_is(key, allowed, seen):
    """What a correction sets as a whole of a change was not sealed once, and no event is written anew."""
    clear = {"fields": ["set"], "set": {"set": {"name": "林一禾", "effective_on": "2026-11-01"}}}
    frame = frame_of(ARRIVAL, type="event.corrected", target=Ref(TOWN, "first"), facts=clear)
    stored = sealed_event(frame, {}, KEY)
    event = opened_event(stored, key, allowed)
    assert ("林一禾" in str(event.payload)) is seen
    assert "2026-11-01" in str(event.payload)
    assert ("林一禾" in str(restricted(event, frozenset({"identity"})).payload)) is seen
    assert "林一禾" not in str(restricted(event, frozenset({"cohort", "contact"})).payload)


@pytest.mark.parametrize("deep", ["[" * 5_000 + "]" * 5_000, '{"a":' * 5_000 + "1" + "}" * 5_000])
def test_a_frame_nested_deeper_than_any_is_none(deep):
    """One that was altered so stopped all others beside it, for no reader names it."""
    body = freeze(frame_of(ARRIVAL, facts={"kind": "@"})).replace(b'"@"', deep.encode())
    with pytest.raises(Tampered):
        thaw(body)


def test_a_correction_of_which_no_parts_can_be_told_apart_was_altered():
    """It can be read as a whole: what it sets within is no deviation."""
    changes = {"set": {"born_on": "2001-01-01", "deviations": [{"deviations": 1}, ""]}}
    frame = frame_of(ARRIVAL, type="event.corrected", target=Ref(TOWN, "first"))
    stored = sealed_event(msgspec.structs.replace(frame, facts={"fields": ["set"], "set": changes}), {}, KEY)
    with pytest.raises(Tampered):
        opened_event(stored, None)
    with pytest.raises(Tampered):
        restricted(opened_event(stored, KEY), frozenset())
