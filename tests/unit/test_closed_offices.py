"""What becomes of questions when an office closes that is asked, or asks: it follows from the list of offices alone."""

from __future__ import annotations

import pytest

from events.catalogue.case import Confirmed, Disputed, RequestOpened
from events.catalogue.fact import Fact
from events.catalogue.jurisdiction import Closed
from events.catalogue.movement import Arrived, Departed
from events.catalogue.person import Registered
from events.catalogue.values import CaseRef, Deviation, town
from events.envelope import Ref
from exchange.protocol.offices import Offices
from exchange.protocol.questions.letters import letters
from exchange.protocol.questions.reviewing import reviews
from exchange.protocol.record import Record
from exchange.protocol.view import view
from tests.properties.succession import record
from tests.properties.world import COUNTY, OFFICES, World

HOME, NEW, OTHER, ELSEWHERE = OFFICES[:4]
DAY = "2026-03-12"
STATED = {"name": "甲", "born_on": "1996-06-16"}
DIFFERS = (Deviation("born_on", "1996-06-15", "1996-06-16"),)


class Story:
    """Somebody arrives in a town from home, which is asked."""

    def __init__(self, registration: str | None = HOME) -> None:
        self.world = World(1, skew=False)
        home = town(registration) if registration is not None else None
        self.arrival = self.records(NEW, Arrived(kind="main", registration=home, stated=STATED, opens=True))

    def records(self, office: str, fact: Fact, day: str = DAY) -> Ref:
        event = self.world.author(office, "P1", day, fact)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def as_seen(self, office: str, *closed: str) -> Record:
        """By its book as it is, where these have closed."""
        book = self.world.book(office)
        book.offices = Offices([COUNTY], closed=closed)
        return view(book)[0]

    def status(self, office: str, *closed: str) -> str:
        return self.as_seen(office, *closed).cases[CaseRef(self.arrival, HOME, "inflow")].status

    def held(self, office: str) -> Record:
        found = self.world.record(office, "P1")
        assert found is not None
        return found


@pytest.fixture
def story() -> Story:
    return Story()


def test_what_was_asked_of_who_closed_is_not_reachable_and_asked_again_once_it_is_open_again(story):
    assert (story.status(NEW, HOME), story.status(HOME, HOME)) == ("not_reachable", "not_reachable")
    assert [each.case.asked for each in letters(story.world.book(NEW), story.as_seen(NEW, HOME))] == [HOME]
    assert (story.status(NEW), story.status(HOME)) == ("open", "open")


def test_what_who_closed_had_asked_is_over(story):
    assert (story.status(HOME, NEW), story.status(NEW, NEW)) == ("withdrawn", "withdrawn")
    assert (story.status(HOME), story.status(NEW)) == ("open", "open")


def test_what_it_answered_before_goes_on_counting(story):
    story.records(HOME, Confirmed(case=CaseRef(story.arrival, HOME, "inflow"), deviations=DIFFERS))
    assert story.status(NEW, HOME) == "deviations", "the asker decides"
    assert story.status(HOME, HOME) == "withdrawn", "who closed waits for no decision"
    assert story.status(HOME, NEW) == "withdrawn", "nobody decides any more"


def test_what_comes_on_paper_counts_from_then_on(story):
    story.records(NEW, Disputed(case=CaseRef(story.arrival, HOME, "inflow"), reason="person_unknown", received_on=DAY))
    assert (story.status(NEW), story.status(NEW, HOME)) == ("open", "disputed")


def test_whoever_was_announced_to_it_and_is_elsewhere_is_announced_no_more(story):
    story.records(HOME, Confirmed(case=CaseRef(story.arrival, HOME, "inflow")))
    going = story.records(NEW, Departed(stay=story.arrival, destination=town(OTHER)))
    record(story.world, OTHER, Closed())
    announced = CaseRef(going, OTHER, "outflow")
    assert story.held(NEW).cases[announced].status == "not_reachable"
    arrived = Arrived(kind="main", registration=town(HOME), origin=town(NEW), opens=True)
    came = story.records(ELSEWHERE, arrived, "2026-03-20")
    story.records(HOME, Confirmed(case=CaseRef(came, HOME, "inflow")))
    assert story.held(NEW).cases[announced].status == "withdrawn"


def test_who_opened_the_dossier_after_it_keeps_the_person():
    story = Story(registration=None)
    story.records(OTHER, Arrived(kind="further", stated=STATED, opens=True))
    assert story.held(OTHER).keeper == NEW
    record(story.world, NEW, Closed())
    assert story.held(OTHER).keeper == OTHER
    record(story.world, OTHER, Closed())
    assert story.held(OTHER).keeper == NEW, "nobody else ever opened it"


def test_nobody_asks_it_year_by_year_whether_a_stay_goes_on():
    story = Story(registration=HOME)
    story.records(HOME, Registered(particulars=STATED, basis="first_record", registration=town(HOME)))
    story.records(HOME, Confirmed(case=CaseRef(story.arrival, HOME, "inflow")))
    record(story.world, NEW, Closed())
    for year, asked in (("2028", 1), ("2031", 0)):
        drafts = list(reviews(story.held(HOME), f"{year}-01-01"))
        assert [type(draft.payload) for draft in drafts] == [RequestOpened] * asked, year
        for draft in drafts:
            story.world.command(story.world.author(HOME, "P1", "2028-01-01", draft.payload, id_=draft.id))
