"""What answers a request about a stay or an event, and of which stays nobody is asked (catalogue, rule 5)."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, Disputed, RequestOpened, Settled
from events.catalogue.movement import Arrived, Extended, Left, MovedWithin
from events.catalogue.person import Changed, Registered
from events.catalogue.values import UNKNOWN, CaseRef, town
from events.envelope import Ref
from exchange.protocol.questions.reviewing import review_on
from exchange.protocol.questions.stay_requests import is_review, stands
from tests.properties.world import World
from tests.unit.test_cases import Story as Pressed
from tests.unit.test_cases import press
from tests.unit.test_reviewing import HOME, NEW, Story

DAY = "2027-01-31"


@pytest.fixture
def story() -> Story:
    return Story()


class TestWhetherAStayGoesOn:
    @pytest.fixture
    def case(self, story: Story) -> CaseRef:
        [asked] = story.asks(DAY)
        assert story.status(asked) == "open"
        return asked

    def test_is_answered_by_its_extension_or_its_end(self, story, case):
        extended = story.does(NEW, Extended(stay=story.stay, stay_until="2028-01-01"), DAY)
        assert story.status(case) == "answered"
        story.does(NEW, Retracted(target=extended), DAY)
        assert story.status(case) == "open", "by one that stands"
        story.does(NEW, Left(stay=story.stay, destination=UNKNOWN), DAY)
        assert story.status(case) == "answered"

    def test_is_answered_by_nothing_of_another_stay_and_by_no_other_act(self, story, case):
        other = story.does(NEW, Arrived(kind="further", registration=town(HOME)), DAY)
        story.does(NEW, Extended(stay=other, stay_until="2028-01-01"), DAY)
        story.does(NEW, Left(stay=other, destination=UNKNOWN), DAY)
        story.does(NEW, MovedWithin(stay=story.stay, address="2 Lane"), DAY)
        assert story.status(case) == "open"

    def test_is_not_answered_by_what_was_said_before(self, story):
        story.does(NEW, Extended(stay=story.stay, stay_until="2027-06-30"), "2026-06-01")
        [case] = story.asks("2027-06-01")
        assert story.status(case) == "open"


class TestAnAmendmentThatIsRequested:
    @pytest.fixture
    def change(self, story: Story) -> Ref:
        return story.does(HOME, Changed(set={"education": "10"}, ground="other"))

    def requested(self, story: Story, about: Ref) -> CaseRef:
        return CaseRef(story.does(NEW, RequestOpened(to=HOME, asks="amendment", about=about)), HOME, "request")

    def test_is_made_by_a_correction_or_a_retraction_of_just_that_event(self, story, change):
        other = story.does(HOME, Changed(set={"marital_status": "10"}, ground="other"))
        case = self.requested(story, change)
        story.does(HOME, Retracted(target=other))
        assert story.status(case) == "open"
        corrected = story.does(HOME, Corrected(target=change, set={"education": "20"}, fields=("education",)))
        assert story.status(case) == "answered"
        story.does(HOME, Retracted(target=corrected))
        assert story.status(case) == "open"
        story.does(HOME, Retracted(target=change))
        assert story.status(case) == "answered"

    def test_is_none_that_was_made_before(self, story, change):
        story.does(HOME, Corrected(target=change, set={"education": "20"}, fields=("education",)))
        assert story.status(self.requested(story, change)) == "open"

    def test_is_no_act_on_a_stay(self, story):
        case = self.requested(story, next(iter(story.record().chain)).ref)
        story.does(NEW, Extended(stay=story.stay, stay_until="2028-01-01"), DAY)
        assert story.status(case) == "open"


class TestNobodyIsAsked:
    def test_by_who_does_not_keep_the_person(self, story):
        assert story.due() == DAY
        assert review_on(story.record(NEW)) is None

    def test_about_the_keepers_own_stay(self):
        world = World(0, skew=False)
        entry = Registered(basis="first_record", registration=town(HOME), kind="main", address="1 Lane")
        world.command(world.author(HOME, "P1", "2020-01-01", entry))
        [record] = world.records(HOME)
        assert len(record.open_stays) == 1
        assert review_on(record) is None

    def test_about_a_stay_that_nobody_confirmed(self, story):
        story.does(NEW, Left(stay=story.stay, destination=UNKNOWN), "2026-02-01")
        story.does(NEW, Arrived(kind="main", registration=town(HOME)), "2026-02-02")
        assert len(story.record().open_stays) == 1
        assert story.due() is None


def test_a_new_address_puts_the_review_of_the_last_day_off_by_nothing():
    story = Story(until="2026-12-31")
    assert story.due() == "2026-12-01"
    story.does(NEW, MovedWithin(stay=story.stay, address="2 Lane"), "2026-12-20")
    assert story.due() == "2026-12-01"
    story.does(NEW, Extended(stay=story.stay, stay_until="2027-01-10"), "2026-12-20")
    assert story.due() == "2027-01-11", "said later than 30 days before: asked once it is over"


def test_another_request_that_is_open_keeps_no_stay_from_being_reviewed(story):
    story.does(NEW, RequestOpened(to=HOME, asks="change", wanted={"education": "20"}), "2026-06-01")
    assert story.due() == DAY
    assert len(story.asks(DAY)) == 1


def test_a_decision_that_came_late_is_late_no_more_though_nobody_was_asked_to_see_to_it():
    pressed = Pressed()
    pressed.record(HOME, Disputed(case=pressed.case, reason="other"))
    assert press(pressed, HOME, "overdue")
    pressed.record(NEW, Settled(case=pressed.case, whole="accepted"))
    assert [state.undecided for state in map(pressed.at, (HOME, NEW))] == [False, False]


class TestWhetherTheKeeperStillHasToAsk:
    """A question that stands no more is withdrawn by itself."""

    def stands(self, story: Story, case: CaseRef, office: str = HOME) -> bool:
        record = story.record(office)
        return stands(record, record.facts[case.opening])

    def test_while_the_stay_goes_on(self, story):
        [case] = story.asks(DAY)
        assert self.stands(story, case)
        assert is_review(story.record().facts[case.opening])
        assert not self.stands(story, case, NEW), "who does not keep the person asks nothing"
        story.does(NEW, Left(stay=story.stay, destination=UNKNOWN), DAY)
        assert not self.stands(story, case)

    def test_not_once_the_stay_was_never_there(self, story):
        [case] = story.asks(DAY)
        story.does(NEW, Retracted(target=story.stay), DAY)
        assert not self.stands(story, case)

    def test_of_the_last_day_while_it_is_that(self):
        story = Story(until="2026-12-31")
        [case] = story.asks("2026-12-01")
        assert self.stands(story, case)
        wrong = Corrected(target=story.stay, set={"stay_until": "2027-12-31"}, fields=("stay_until",))
        corrected = story.does(NEW, wrong, "2026-12-02")
        assert not self.stands(story, case), "of the day that is the last one nobody was asked"
        story.does(NEW, Retracted(target=corrected), "2026-12-03")
        assert self.stands(story, case)

    def test_of_a_later_year_once_the_last_day_was_let_go_by(self):
        story = Story(until="2026-12-31")
        [first] = story.asks("2026-12-01")
        story.does(NEW, Confirmed(case=first), "2026-12-05")
        [second] = story.asks("2027-12-31")
        assert self.stands(story, second)
        assert self.stands(story, first)

    def test_a_request_of_a_person_is_no_review(self, story):
        asked = story.does(HOME, RequestOpened(to=NEW, asks="stay", about=story.stay), DAY)
        assert not is_review(story.record().facts[asked])
