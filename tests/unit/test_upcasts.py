"""Upcasts: what was stored under an older version of a type reads as the newest, and its bytes stay as they are."""

from typing import Any, ClassVar

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.catalogue import TYPES
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Extended
from events.catalogue.values import Day, Particulars, StayKind
from events.codec import SealedEvent, freeze, opened_event, sealed_event, thaw
from events.envelope import Envelope, Ref, Subject
from events.errors import Malformed
from events.event import opened, parts_of
from events.upcasts import UPCASTS, Upcast, upcast

TOWN = "330110101000"
STAY = Ref(TOWN, "0193600a-0000-7000-8000-00000000000f")
KEY = AESGCM(bytes(range(32)))


class ExtendedInDays(Fact, frozen=True, tag="movement.extended", kw_only=True):
    """Version 2: the last day has another name, and it is said who asked."""

    schema: ClassVar[int] = 2

    stay: Ref
    last_day: Day
    asked_by: str


class ArrivedWithGiven(Fact, frozen=True, tag="movement.arrived", kw_only=True):
    """Version 2: what the newcomer states is named `particulars`."""

    schema: ClassVar[int] = 2

    kind: StayKind
    particulars: Particulars = msgspec.field(default_factory=dict)
    opens: bool = False


def renamed(content: dict[str, Any]) -> dict[str, Any]:
    return {"last_day" if field == "stay_until" else field: value for field, value in content.items()}


def asked(content: dict[str, Any]) -> dict[str, Any]:
    return {**content, "asked_by": "nobody"}


def stated_as_particulars(content: dict[str, Any]) -> dict[str, Any]:
    """A reader who was given no part sees no `stated` at all."""
    return {"particulars" if field == "stated" else field: value for field, value in content.items()}


def frame_of(fact: Fact, schema: int = 1) -> Envelope:
    return Envelope(
        id="0193600a-0000-7000-8000-000000000001",
        type=fact.type,
        schema=schema,
        subject=Subject("person", "00000000-0000-4000-8000-00000000000a"),
        stay=getattr(fact, "stay", None),
        author=TOWN,
        actor="clerk",
        effective_on="2026-11-01",
        stamp=1,
        recorded_at="2026-11-24T04:00:00Z",
        version=1,
        submission="0193600a-0000-7000-8000-000000000002",
        facts=parts_of(fact)[0],
    )


def stored(fact: Fact, schema: int = 1) -> SealedEvent:
    return sealed_event(frame_of(fact, schema), parts_of(fact)[1], KEY)


@pytest.fixture
def extension() -> SealedEvent:
    """Stored while the type was at version 1."""
    return stored(Extended(stay=STAY, stay_until="2027-06-30"))


@pytest.fixture
def arrival() -> SealedEvent:
    return stored(Arrived(kind="main", stated={"name": "林一禾", "sex": "F"}))


@pytest.fixture
def moved_on(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The catalogue in which both types are at version 2, and no step yet."""
    monkeypatch.setitem(TYPES, "movement.extended", ExtendedInDays)
    monkeypatch.setitem(TYPES, "movement.arrived", ArrivedWithGiven)
    return monkeypatch


def test_a_payload_of_version_1_reads_as_version_2(extension, moved_on):
    moved_on.setitem(UPCASTS, ("movement.extended", 1), lambda content: asked(renamed(content)))
    event = opened(thaw(extension.body), {})
    assert event.payload == ExtendedInDays(stay=STAY, last_day="2027-06-30", asked_by="nobody")


def test_the_stored_bytes_and_their_version_stay_as_they_are(extension, moved_on):
    moved_on.setitem(UPCASTS, ("movement.extended", 1), lambda content: asked(renamed(content)))
    event = opened(thaw(extension.body), {})
    assert event.frame.schema == 1
    assert event.frame.facts == {"stay_until": "2027-06-30"}
    assert freeze(event.frame) == extension.body


def test_without_its_step_the_old_payload_is_refused_by_the_new_type(extension, moved_on):
    with pytest.raises(Malformed) as refused:
        opened(thaw(extension.body), {})
    assert refused.value.rule == "schema.unknown"


def test_what_is_stored_as_the_newest_version_is_left_alone(moved_on):
    moved_on.setitem(UPCASTS, ("movement.extended", 1), lambda content: asked(renamed(content)))
    now = ExtendedInDays(stay=STAY, last_day="2027-06-30", asked_by="the person")
    assert opened(thaw(stored(now, schema=2).body), {}).payload == now


def test_sealed_parts_of_version_1_still_open_and_read_as_version_2(arrival, moved_on):
    moved_on.setitem(UPCASTS, ("movement.arrived", 1), stated_as_particulars)
    event = opened_event(arrival, KEY)
    assert event.payload == ArrivedWithGiven(kind="main", particulars={"name": "林一禾", "sex": "F"})


def test_a_reader_who_was_given_no_part_reads_version_2_without_it(arrival, moved_on):
    moved_on.setitem(UPCASTS, ("movement.arrived", 1), stated_as_particulars)
    assert opened_event(arrival, KEY, allowed=()).payload == ArrivedWithGiven(kind="main")


def test_steps_follow_each_other_from_the_version_that_was_stored():
    steps: dict[tuple[str, int], Upcast] = {("movement.extended", 1): renamed, ("movement.extended", 2): asked}
    assert upcast("movement.extended", 1, {"stay_until": "x"}, steps) == {"last_day": "x", "asked_by": "nobody"}
    assert upcast("movement.extended", 2, {"last_day": "x"}, steps) == {"last_day": "x", "asked_by": "nobody"}
    assert upcast("movement.extended", 3, {"last_day": "x"}, steps) == {"last_day": "x"}
    assert upcast("movement.left", 1, {"stay_until": "x"}, steps) == {"stay_until": "x"}
