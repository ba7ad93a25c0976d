"""Who is asked whether the person has left: whom an arrival ends a stay of, and not whom a further one only names."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected
from events.catalogue.case import Confirmed
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Returned
from events.catalogue.person import Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, Place, StayName, town
from events.envelope import Ref
from exchange.protocol.naming import moved_on
from exchange.protocol.questions.out_of_reach import out_of_reach
from exchange.protocol.shown.notices import notices
from exchange.protocol.view import view
from tests.properties.world import OFFICES, World

HOME, NEW, OTHER, LATER = OFFICES[:4]
OUTSIDE = "640106104000"


def arrives(**more: object) -> Arrived:
    said = {"kind": "main", "registration": town(HOME), "stated": {"name": "甲"}, "opens": True, **more}
    return Arrived(**said)  # type: ignore[arg-type]  # fields of the payload


class Story:
    """Somebody of HOME lives in NEW, which HOME has confirmed, and comes from there to OTHER."""

    def __init__(self) -> None:
        self.world = World(1, skew=False)
        self.record(HOME, Registered(particulars={"name": "甲"}, basis="first_record", registration=town(HOME)))
        self.first = self.record(NEW, arrives())
        self.record(HOME, Confirmed(case=CaseRef(self.first, HOME, "inflow")))

    def record(self, office: str, fact: Fact, day: str = "2026-03-02") -> Ref:
        event = self.world.author(office, "P1", day, fact)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def comes(self, **more: object) -> Ref:
        return self.record(OTHER, arrives(origin=town(NEW), **more), "2026-04-01")

    def asked(self, arrival: Ref) -> str | None:
        """How the question to NEW stands, the same on both sides; None where nothing was asked."""
        case = CaseRef(arrival, NEW, "moved-on")
        records = [self.world.record(office, "P1") for office in (NEW, OTHER)]
        (found,) = {state.status if (state := r.cases.get(case)) else None for r in records if r is not None}
        return found


@pytest.fixture
def story() -> Story:
    return Story()


def test_a_main_arrival_asks_the_place_left(story):
    assert story.asked(story.comes()) == "open"


def test_a_further_arrival_only_tells_where_the_main_stay_goes_on(story):
    arrival = story.comes(kind="further")
    assert story.asked(arrival) is None
    assert story.world.books[NEW].holds(arrival)
    record = story.world.record(NEW, "P1")
    assert [(stay.office, stay.kind) for stay in record.open_stays] == [(NEW, "main"), (OTHER, "further")]


def test_a_further_arrival_asks_whose_stay_it_ends(story):
    assert story.asked(story.comes(kind="further", ends=(StayName(stay=story.first),))) == "open"
    assert moved_on(arrives(kind="further", continues=StayName(town=NEW)), NEW)
    assert moved_on(Returned(origin=town(NEW)), NEW)


def test_the_question_stands_no_more_where_it_was_a_further_one_all_along(story):
    arrival = story.comes()
    story.record(OTHER, Corrected(target=arrival, set={"kind": "further"}, fields=("kind",)))
    assert story.asked(arrival) == "withdrawn"


@pytest.mark.parametrize(("kind", "letters"), [("main", 1), ("further", 0)])
def test_an_office_outside_is_written_no_such_question_either(story, kind, letters):
    arrival = story.record(OTHER, arrives(kind=kind, origin=Place("town", code=OUTSIDE)), "2026-04-01")
    (record,) = view(story.world.books[OTHER])
    found = [state for state in out_of_reach(story.world.directory, record.facts, {}) if state.ref.opening == arrival]
    assert len([state for state in found if state.ref.kind == "moved-on"]) == letters


@pytest.mark.parametrize("corrected", [False, True])
def test_who_has_answered_has_no_new_notice_of_it_once_the_registration_moves(corrected: bool) -> None:
    """Whoever keeps the person then asks it by the same act, whatever was corrected since the answer."""
    story = Story()
    entry = story.world.record(HOME, "P1").facts.of(Registered)[0].ref  # type: ignore[union-attr]  # it holds the person
    arrival = story.record(OTHER, arrives(), "2026-04-01")
    story.record(HOME, Confirmed(case=CaseRef(arrival, HOME, "inflow")))
    story.record(NEW, Confirmed(case=CaseRef(arrival, NEW, "moved-on")))

    def told() -> list[tuple[str, bool]]:
        record = story.world.record(NEW, "P1")
        assert record is not None
        return [(each.kind, each.expects_reply) for each in notices(story.world.books[NEW], record)]

    if corrected:
        story.record(HOME, Corrected(target=entry, set={"name": "乙"}, fields=("name",)))
    before = told()
    assert before.count(("moved-on", True)) == 1
    story.record(HOME, RegistrationChanged(from_=town(HOME), to=town(LATER), ground="moved"))
    assert told() == before
