"""What an office outside the exchange answered on paper, recorded by whoever asked it."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, Disputed, EnquiryAnswered, Noted, Redirected, Reopened, Settled
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived
from events.catalogue.person import Registered
from events.catalogue.values import CaseRef, Deviation, town
from events.envelope import Ref
from events.errors import Malformed
from exchange.commands.consistency import together
from exchange.protocol.legality import check
from exchange.protocol.offices import Offices
from exchange.protocol.questions.answering import allowed
from exchange.protocol.questions.letters import letters
from exchange.protocol.record import CaseState, Record
from exchange.protocol.refusals import AnsweredOtherwise, AnswersItself, CaseClosed, NotAsked
from exchange.protocol.shown.sheet import sheet
from exchange.protocol.view import view
from tests.properties.checks import entitlement_faults
from tests.properties.world import COUNTY, OFFICES, OUTSIDE, World

HOME, NEW, OTHER = OFFICES[:3]
DAY = "2026-03-12"
STATED = {"name": "甲", "born_on": "1996-06-16"}
DIFFERS = (Deviation("born_on", "1996-06-15", "1996-06-16"),)


class Story:
    """Somebody who says that an office outside keeps the registration arrives in a town, which writes to it."""

    def __init__(self, registration: str = OUTSIDE) -> None:
        self.world = World(1, skew=False)
        self.arrival = self.record(
            NEW, Arrived(kind="main", registration=town(registration), address="1 Lane", stated=STATED, opens=True)
        )
        self.case = CaseRef(self.arrival, registration, "inflow")

    def record(self, office: str, fact: Fact) -> Ref:
        held = self.world.record(office, "P1")
        if held is not None:
            check(fact, DAY, office, held)
        event = self.world.author(office, "P1", DAY, fact)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def on_paper(self, **more: object) -> Ref:
        return self.record(NEW, Confirmed(case=self.case, received_on=DAY, **more))  # type: ignore[arg-type]  # its own

    def held(self, office: str = NEW) -> Record:
        record = self.world.record(office, "P1")
        assert record is not None
        return record

    @property
    def state(self) -> CaseState:
        return self.held().cases[self.case]

    def may(self, office: str = NEW) -> set[str]:
        return set(allowed(self.case, DAY, office, self.held(office), 1))

    def written(self) -> int:
        return len(list(letters(self.world.book(NEW), self.held())))


@pytest.fixture
def story() -> Story:
    return Story()


def test_it_settles_the_case_and_is_marked_as_paper(story):
    assert (story.state.status, story.written()) == ("not_reachable", 1)
    assert story.may() == {"case.confirmed", "case.disputed", "case.withdrawn"}
    ref = story.on_paper(note="回执第7号")
    assert (story.state.status, story.state.on_paper, story.state.thread) == ("confirmed", True, (ref,))
    assert [each["on_paper"] for each in sheet(story.held())["cases"]] == [True]
    assert (story.written(), story.may()) == (0, {"case.reopened"})


def test_what_differs_waits_for_the_asker_as_ever(story):
    story.on_paper(deviations=DIFFERS)
    assert (story.state.status, story.held().objected) == ("deviations", ("born_on",))
    assert story.may() == {"case.settled", "case.noted", "case.withdrawn"}
    story.record(NEW, Settled(case=story.case, insisted=("born_on",)))
    assert (story.state.status, story.state.on_paper) == ("settled", True)


def test_asked_anew_it_has_to_be_written_again(story):
    story.on_paper()
    story.record(NEW, Reopened(case=story.case, reason="doubt"))
    assert (story.state.status, story.state.on_paper, story.written()) == ("not_reachable", False, 1)
    story.on_paper()
    assert story.state.status == "confirmed"
    story.record(NEW, Corrected(target=story.arrival, set={"name": "乙"}, fields=("name",), ground="recording_error"))
    assert (story.state.status, story.written()) == ("not_reachable", 1), "the answer did not cover that name"


def test_an_answer_taken_back_leaves_the_question_as_it_was(story):
    ref = story.on_paper()
    story.record(NEW, Retracted(target=ref, ground="recording_error"))
    assert (story.state.status, story.written()) == ("not_reachable", 1)


def test_it_is_recorded_once_and_by_the_asker(story):
    with pytest.raises(NotAsked):
        check(Confirmed(case=story.case, received_on=DAY), DAY, OTHER, story.held())
    with pytest.raises(NotAsked):
        check(Confirmed(case=story.case), DAY, NEW, story.held())
    with pytest.raises(AnsweredOtherwise):
        check(EnquiryAnswered(case=story.case, received_on=DAY), DAY, NEW, story.held())
    story.on_paper()
    with pytest.raises(CaseClosed):
        story.on_paper()


def test_nobody_answers_for_an_office_of_the_exchange():
    story = Story(HOME)
    for office in (NEW, HOME):
        with pytest.raises((AnswersItself, NotAsked)):
            story.record(office, Confirmed(case=story.case, received_on=DAY))
    assert story.may() == {"case.noted", "case.withdrawn"}


def test_of_an_office_of_the_exchange_it_changes_nothing_wherever_it_came_from():
    """What other nodes send faces the first tier of legality alone."""
    story = Story(HOME)
    story.world.command(story.world.author(NEW, "P1", DAY, Confirmed(case=story.case, received_on=DAY)))
    story.world.drain()
    for office in (NEW, HOME):
        state = story.held(office).cases[story.case]
        assert (state.status, state.recognised, len(state.aside)) == ("open", False, 1)


def test_nobody_but_the_asker_records_it_wherever_it_came_from(story):
    story.world.command(story.world.author(OTHER, "P1", DAY, Confirmed(case=story.case, received_on=DAY)))
    story.world.drain()
    assert (story.state.status, len(story.state.aside), story.written()) == ("not_reachable", 1, 1)


def test_whom_a_redirect_named_may_answer_on_paper_as_well():
    """Nothing was delivered to it, so nothing withdraws the question by itself while the asker decides."""
    story = Story(HOME)
    story.record(HOME, Redirected(case=story.case, to=OUTSIDE))
    story.case = CaseRef(story.arrival, OUTSIDE, "inflow")
    story.on_paper(deviations=DIFFERS)
    assert (story.state.status, story.written()) == ("deviations", 0)
    story.record(NEW, Settled(case=story.case, insisted=("born_on",)))
    assert (story.state.status, story.written()) == ("settled", 0)


def test_the_answer_of_an_office_that_closed_stays_its_own():
    story = Story(HOME)
    story.world.command(story.world.author(NEW, "P1", DAY, Confirmed(case=story.case, received_on=DAY)))
    story.world.drain()
    story.record(HOME, Disputed(case=story.case, reason="other"))
    book = story.world.book(NEW)
    book.offices = Offices([COUNTY], closed=[HOME])
    (record,) = view(book)
    state = record.cases[story.case]
    assert (state.status, state.on_paper, len(state.aside)) == ("disputed", False, 1)


def test_whoever_joins_is_asked_itself_and_sees_what_was_recorded_of_it(story):
    story.on_paper()
    book = story.world.book(NEW)
    book.offices = Offices([COUNTY, OUTSIDE])
    (record,) = view(book)
    state = record.cases[story.case]
    assert (state.status, state.recognised, len(state.aside)) == ("open", False, 1)


def test_nothing_flows_because_of_paper():
    """A keeper tells a newcomer's town what it holds once it has confirmed itself, whatever the town says of others."""
    story = Story()
    story.record(HOME, Registered(particulars={**STATED, "phone": "1"}, basis="first_record", registration=town(HOME)))
    story.on_paper()
    record = story.held()
    assert record.questions_about(story.arrival) == [c for c in record.cases.values() if c.ref.asked == HOME]
    assert not story.state.recognised
    assert entitlement_faults(story.world) == []
    assert "stated" not in {fact.payload.type for fact in record.facts.values()}


def test_a_dispute_lets_the_asker_ask_elsewhere(story):
    story.record(NEW, Disputed(case=story.case, reason="moved_elsewhere", place=town(OTHER), received_on=DAY))
    assert (story.state.status, story.state.reason) == ("disputed", "moved_elsewhere")
    story.record(NEW, Noted(case=story.case, text="电话核实"))
    story.record(NEW, Redirected(case=story.case, to=OTHER))
    assert story.held(OTHER).cases[CaseRef(story.arrival, OTHER, "inflow")].status == "open"
    told = story.held(OTHER).facts[story.arrival].payload
    assert isinstance(told, Arrived)
    assert (told.stated["name"], told.address) == ("甲", None), "as much as if it had been asked first"


def test_it_came_when_it_was_written_or_later():
    together("case.confirmed", {"received_on": DAY}, DAY)
    for type_ in ("case.confirmed", "case.disputed", "enquiry.answered"):
        with pytest.raises(Malformed) as refused:
            together(type_, {"received_on": "2026-03-11"}, DAY)
        assert (refused.value.field, refused.value.rule) == ("received_on", "date.before_event")
