"""An outline folded from stored frames is what a view says that knows every event, whatever happened to the person."""

from collections import Counter
from collections.abc import Iterator

import pytest

from events.catalogue.amendment import Corrected
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Departed, MovedWithin
from events.catalogue.person import Deceased, Protected, Registered, Unprotected
from events.catalogue.values import ABROAD, town
from events.codec import freeze
from events.event import Event, opened, parts_of
from exchange.protocol.offices import Offices, Succession
from exchange.protocol.plain import life as plain_life
from exchange.protocol.plain.outline import Outline, outlines, viewed
from exchange.protocol.plain.parts import Parts
from tests.properties.histories import history
from tests.properties.world import OFFICES, World
from tests.unit import made_up

HISTORIES = 300
LAST_DAY = "2026-02-28"  # after whatever a history draws


def told(events: list[Event], offices: Offices, *, whole: bool = True, parts: bool = True) -> tuple[Outline, ...]:
    """The outlines by the stored frames. `whole` False: none where `view` would have to be asked."""
    sealed = [parts_of(event.payload)[1] for event in events]

    def shown(number: int, _line: object, wanted: frozenset[str]) -> Parts:
        return {name: held for name, held in sealed[number].items() if name in wanted}

    return outlines(
        [freeze(e.frame) for e in events], lambda: events if whole else (), offices, shown if parts else None
    )


def lives(world: World) -> Iterator[list[Event]]:
    """What the log held of each person, event by event; in the end each goes abroad or dies, which few do before."""
    persons: dict[str, list[Event]] = {}
    for event in sorted((e for book in world.books.values() for e in book.recorded.values()), key=lambda e: e.ref):
        persons.setdefault(event.person, []).append(event)
    for events in persons.values():
        events.sort(key=lambda e: (e.frame.stamp, e.ref))
        protection = next((e for e in events if isinstance(e.payload, Protected)), None)
        if protection is not None:  # lifted in the end, for few histories come so far
            lifted = Unprotected(ground="lifted")
            events.append(world.author(protection.author, protection.person, protection.frame.effective_on, lifted))
        end: Fact = Deceased() if len(events) % 2 else Departed(stay=None, destination=ABROAD)
        events.append(world.author(events[-1].author, events[-1].person, LAST_DAY, end))
        for length in range(1, len(events) + 1):
            yield events[:length]


@pytest.fixture(scope="module")
def histories() -> list[tuple[Offices, list[Event]]]:
    """Short lives, most of which are plain for a while."""
    found = []
    for seed in range(HISTORIES):
        world, _ = history(seed, steps=(5, 8, 12)[seed % 3], persons=(1, 1, 2)[seed % 3])
        found += [(world.directory, life) for life in lives(world)]
    return found


@pytest.fixture(scope="module")
def plain(histories: list[tuple[Offices, list[Event]]]) -> list[tuple[Offices, list[Event], Outline]]:
    """Those that are folded line by line, with what their view says."""
    return [
        (offices, events, viewed(events, offices, parts=True)[0])
        for offices, events in histories
        if told(events, offices, whole=False)
    ]


def test_an_outline_is_what_the_view_of_every_event_says(plain):
    for offices, events, expected in plain:
        assert told(events, offices) == (expected,), [e.payload.type for e in events]


def test_without_parts_it_says_the_same_but_for_addresses_and_particulars(plain):
    for offices, events, _ in plain:
        clear = [opened(event.frame, {}) for event in events]
        assert told(events, offices, parts=False) == viewed(clear, offices, parts=False)


def test_many_lives_are_plain_and_every_step_is_reached(plain, histories):
    assert len(plain) > len(histories) // 4
    reached = Counter(event.payload.type for _, events, _ in plain for event in events)
    assert {type_ for type_, step in plain_life.STEPS.items() if step is not None} <= set(reached)


@pytest.mark.parametrize("type_", [t for t, step in plain_life.STEPS.items() if step is not None])
def test_a_step_left_out_is_found(plain, type_, monkeypatch):
    monkeypatch.setattr(plain_life, "STEPS", {**plain_life.STEPS, type_: None})
    assert any(told(events, offices, whole=False) not in ((), (expected,)) for offices, events, expected in plain)


def test_whatever_is_not_plain_goes_through_the_view(histories):
    for offices, events in histories[::20]:
        assert told(events, offices) == viewed(events, offices, parts=True)


def test_a_life_that_an_office_since_succeeded_had_a_part_in_is_not_plain(plain):
    _, events, _ = plain[0]
    followed = Offices(["110101000000"], {events[0].author: Succession(("110101009000",))})
    assert told(events, followed, whole=False) == ()
    assert told(events, followed) == viewed(events, followed, parts=True)


HOME, TOWN = OFFICES[:2]
REGISTERED = made_up.event(
    Registered(basis="first_record", registration=town(HOME), particulars={"name": "李"}), HOME, "p", 1
)
ARRIVED = made_up.event(
    Arrived(kind="main", address="1", reason="work", opens=True, stated={"name": "王"}), TOWN, "p", 2
)
MOVED = made_up.event(MovedWithin(stay=ARRIVED.ref, address="2"), TOWN, "p", 3)


def corrected(target: Event, *fields: str, stamp: int = 9, by: str | None = None, **values: str) -> Event:
    """Each value set; of the `fields` only those named are said to be, all where none is."""
    fact = Corrected(target=target.ref, set=values, fields=tuple(f for f in fields or values if f != "none"))
    return made_up.event(fact, by or target.author, "p", stamp)


@pytest.mark.parametrize(
    "corrections",
    [
        [corrected(MOVED, address="3")],
        [corrected(MOVED, address="4", stamp=9), corrected(MOVED, address="3", stamp=8)],
        [corrected(ARRIVED, name="张", reason="study")],
        [corrected(REGISTERED, name="张", address="5")],
    ],
)
@pytest.mark.parametrize("events", [(REGISTERED, ARRIVED, MOVED), (ARRIVED, MOVED)])
def test_a_life_of_which_sealed_values_were_corrected_is_plain(events, corrections):
    life = [*events, *(each for each in corrections if any(each.payload.target == e.ref for e in events))]
    assert told(life, Offices([HOME, TOWN]), whole=False) == viewed(life, Offices([HOME, TOWN]), parts=True)


@pytest.mark.parametrize(
    "correction",
    [
        corrected(ARRIVED, kind="further"),
        corrected(ARRIVED, "address", kind="further", address="3"),  # and does not say that it sets the kind
        corrected(MOVED, "none", address="3"),
        corrected(MOVED, address="3", by=HOME),
        corrected(MOVED, address="3", stamp=2),
        corrected(MOVED, name="张"),
        corrected(REGISTERED, note="of the clerk"),
    ],
)
def test_whose_clear_facts_were_corrected_or_who_may_not_be_corrected_so_is_not_plain(correction):
    life, offices = [REGISTERED, ARRIVED, MOVED, correction], Offices([HOME, TOWN])
    assert told(life, offices, whole=False) == ()
    assert told(life, offices) == viewed(life, offices, parts=True)
