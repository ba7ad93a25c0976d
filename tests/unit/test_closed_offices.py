"""What becomes of questions when an office closes that is asked, or asks: it follows from the list of offices alone."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.case import Confirmed, Disputed, EnquiryAnswered, EnquiryOpened, RequestOpened
from events.catalogue.fact import Fact
from events.catalogue.jurisdiction import Closed, Opened
from events.catalogue.movement import Arrived, Departed, Left
from events.catalogue.person import Registered
from events.catalogue.values import CaseRef, Deviation, town
from events.envelope import SYSTEM_ACTOR, Ref
from events.event import Event
from exchange.protocol.draft import Draft
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

    def asks_by_itself(self, draft: Draft) -> Event:
        event = self.world.author(
            HOME, "P1", "2028-01-01", draft.payload, actor=SYSTEM_ACTOR, id_=draft.id, because=draft.because
        )
        self.world.command(event)
        self.world.drain()
        return event

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


def test_what_it_answered_on_paper_to_a_question_taken_back_since_opens_no_case_once_it_is_open_again(story):
    record(story.world, OTHER, Closed())
    asks = EnquiryOpened(to=OTHER, purpose="residence", given={"name": "甲"}, fields=("address",))
    enquiry = story.records(NEW, asks)
    case = CaseRef(enquiry, OTHER, "enquiry")
    story.records(NEW, EnquiryAnswered(case=case, received_on=DAY, held=False))
    story.records(NEW, Retracted(target=enquiry))
    record(story.world, OTHER, Opened(name="又一镇"))
    story.world.drain()
    assert story.held(NEW).cases[case].status == "withdrawn"
    assert story.world.record(OTHER, "P1") is None


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


@pytest.fixture
def contested() -> tuple[Story, Ref, CaseRef]:
    """Two towns record the arrival of one day of somebody at home, and home asks both which of them is right."""
    story = Story()
    story.records(HOME, Registered(particulars=STATED, basis="first_record", registration=town(HOME)))
    rival = story.records(OTHER, Arrived(kind="main", registration=town(HOME), stated=STATED, opens=True))
    for stay in (story.arrival, rival):
        story.records(HOME, Confirmed(case=CaseRef(stay, HOME, "inflow")))
    return story, rival, next(case for case in story.held(NEW).cases if case.kind == "contested")


def test_what_it_answered_the_keeper_stays_answered_though_nothing_more_is_due_to_it(contested):
    """The keeper's system took it for a question that it puts to nobody any more, and withdrew it."""
    story, _, asked = contested
    story.records(NEW, Disputed(case=asked, reason="other"))
    record(story.world, NEW, Closed())
    story.world.drain()
    assert story.held(HOME).cases[asked].status == "disputed"


def test_no_letter_is_left_of_what_is_in_question_no_more(contested):
    """OTHER's stay ended, and home had to write for ever to ask which of the two goes on."""
    story, rival, asked = contested
    record(story.world, NEW, Closed())
    story.world.drain()
    seen = []
    left = story.records(OTHER, Left(stay=rival, basis="own_word"), "2026-03-13")
    for word in (Retracted(target=left), None):
        held = story.held(HOME)
        written = [each.case for each in letters(story.world.book(HOME), held)]
        seen.append((held.cases[asked].status, written))
        if word is not None:
            story.records(OTHER, word)
    assert seen == [("withdrawn", []), ("not_reachable", [asked])]
    record(story.world, NEW, Opened(name="新镇"))
    story.world.drain()
    assert [story.held(office).cases[asked].status for office in (HOME, NEW)] == ["open", "open"]


def test_nor_of_whether_a_stay_goes_on_that_another_town_ended():
    story = Story()
    story.records(HOME, Registered(particulars=STATED, basis="first_record", registration=town(HOME)))
    story.records(HOME, Confirmed(case=CaseRef(story.arrival, HOME, "inflow")))
    (due,) = reviews(story.held(HOME), "2028-01-01")
    asked = CaseRef(story.asks_by_itself(due).ref, NEW, "request")
    record(story.world, NEW, Closed())
    story.world.drain()
    assert story.held(HOME).cases[asked].status == "not_reachable"
    story.records(OTHER, Arrived(kind="main", registration=town(HOME), stated=STATED, opens=True), "2028-02-01")
    assert story.held(HOME).cases[asked].status == "withdrawn"


def test_what_who_closed_had_asked_of_whom_nobody_reaches_is_over_too(story):
    """It stood as not reachable for ever, with nobody to write the letter."""
    story.records(HOME, Confirmed(case=CaseRef(story.arrival, HOME, "inflow")))
    record(story.world, ELSEWHERE, Closed())
    came = Arrived(kind="main", registration=town(HOME), origin=town(ELSEWHERE), stated=STATED, opens=True)
    asked = CaseRef(story.records(OTHER, came, "2026-03-20"), ELSEWHERE, "moved-on")
    assert [story.held(office).cases[asked].status for office in (HOME, OTHER)] == ["not_reachable"] * 2
    record(story.world, OTHER, Closed())
    assert [story.held(office).cases[asked].status for office in (HOME, OTHER)] == ["withdrawn"] * 2
