"""Whom a question should rather be put to, by what the office's own book knows."""

from __future__ import annotations

import pytest

from events.catalogue.case import Confirmed, Disputed, RequestOpened
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived
from events.catalogue.person import Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, Place, town
from events.envelope import Ref
from exchange.protocol.questions.proposing import proposed, still_keeps
from tests.properties.world import OFFICES, World

HOME, NEW, OTHER = OFFICES[:3]


class Story:
    """Somebody of HOME, whose registration may move to OTHER, arrives in NEW and still names HOME."""

    def __init__(self, *, registered: bool = True) -> None:
        self.world = World(1, skew=False)
        if registered:
            self.record(HOME, Registered(particulars={"name": "甲"}, basis="first_record", registration=town(HOME)))

    def record(self, office: str, fact: Fact, day: str = "2026-03-02") -> Ref:
        event = self.world.author(office, "P1", day, fact)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def moves(self, day: str) -> CaseRef:
        gone = RegistrationChanged(from_=town(HOME), to=town(OTHER), ground="moved")
        return CaseRef(self.record(HOME, gone, day), OTHER, "registration")

    def arrives(self, day: str, home: str = HOME) -> CaseRef:
        arrived = Arrived(kind="main", registration=town(home), stated={"name": "甲"}, opens=True)
        return CaseRef(self.record(NEW, arrived, day), home, "inflow")

    def proposes(self, office: str, case: CaseRef) -> str | None:
        record = self.world.record(office, "P1")
        assert record is not None
        return proposed(record, record.cases[case], office)

    def keeps(self, case: CaseRef, office: str = HOME) -> bool:
        record = self.world.record(office, "P1")
        assert record is not None
        return still_keeps(record, record.cases[case], office)


@pytest.fixture
def story() -> Story:
    return Story()


def test_who_keeps_the_registration_is_asked_rightly(story):
    assert story.proposes(HOME, story.arrives("2026-03-02")) is None


def test_whoever_gave_the_registration_up_proposes_who_has_it(story):
    story.moves("2026-02-01")
    case = story.arrives("2026-03-02")
    assert story.proposes(HOME, case) == OTHER
    assert story.proposes(NEW, case) is None  # it waits for the answer


def test_of_a_day_before_the_move_the_office_answers_itself(story):
    story.moves("2026-03-01")
    assert story.proposes(HOME, story.arrives("2026-02-20")) is None


def test_an_office_that_disclaimed_the_registration_is_not_proposed(story):
    moved = story.moves("2026-02-01")
    story.record(OTHER, Disputed(case=moved, reason="person_unknown"))
    assert story.proposes(HOME, story.arrives("2026-03-02")) is None


def test_nothing_is_proposed_once_it_is_answered(story):
    story.moves("2026-02-01")
    case = story.arrives("2026-03-02")
    story.record(HOME, Confirmed(case=case))
    assert story.proposes(HOME, case) is None


def test_whether_a_stay_goes_on_is_asked_of_no_other_town(story):
    arrival = story.arrives("2026-03-02").opening
    asking = story.record(HOME, RequestOpened(to=NEW, asks="stay", about=arrival))
    case = CaseRef(asking, NEW, "request")
    story.record(NEW, Disputed(case=case, reason="moved_elsewhere", place=town(OTHER)))
    assert story.proposes(HOME, case) is None


@pytest.mark.parametrize(("place", "found"), [(town(OTHER), OTHER), (town(NEW), None), (Place("abroad"), None)])
def test_the_town_that_a_dispute_names_is_proposed_to_the_asker(story, place, found):
    case = story.arrives("2026-03-02")
    story.record(HOME, Disputed(case=case, reason="moved_elsewhere", place=place))
    assert story.proposes(NEW, case) == found
    assert story.proposes(HOME, case) is None


class TestWhoStillKeepsTheRegistration:
    """Redirecting would leave the person with an office that says by its own record that it keeps it."""

    def test_is_who_recorded_it_and_no_move_since(self, story):
        case = story.arrives("2026-03-02")
        assert story.keeps(case)
        assert not story.keeps(case, NEW), "it asks"
        story.moves("2026-02-01")
        assert not story.keeps(case)

    def test_is_who_confirmed_that_it_gained_it(self, story):
        moved = story.moves("2026-02-01")
        case = story.arrives("2026-03-02", OTHER)
        assert not story.keeps(case, OTHER), "so far others alone say so"
        story.record(OTHER, Confirmed(case=moved))
        assert story.keeps(case, OTHER)

    def test_is_on_the_day_in_question(self, story):
        moved = story.moves("2026-02-01")
        story.record(OTHER, Confirmed(case=moved))
        assert not story.keeps(story.arrives("2026-01-02", OTHER), OTHER)

    def test_is_not_who_alone_is_named_by_the_newcomer_or_by_the_register_of_others(self):
        for opening in ("arrival", "register"):
            story = Story(registered=False)
            if opening == "register":
                listed = Registered(particulars={"name": "甲"}, basis="register", registration=town(HOME))
                story.record(OTHER, listed)
            assert not story.keeps(story.arrives("2026-03-02"))


def test_a_request_to_who_may_not_is_proposed_to_who_may(story):
    arrival = story.arrives("2026-03-02").opening
    wanted = story.record(NEW, RequestOpened(to=HOME, asks="change", wanted={"name": "乙"}))
    case = CaseRef(wanted, HOME, "request")
    assert story.proposes(HOME, case) is None
    story.moves("2026-03-03")
    assert story.proposes(HOME, case) == OTHER
    amend = story.record(OTHER, RequestOpened(to=HOME, asks="amendment", about=arrival))
    assert story.proposes(HOME, CaseRef(amend, HOME, "request")) == NEW
