"""When a stay is due for review: before its last day, or year by year; once, and by the keeper alone."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected
from events.catalogue.case import Confirmed
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Extended
from events.catalogue.person import Registered
from events.catalogue.values import CaseRef, town
from events.envelope import SYSTEM_ACTOR, Ref
from exchange.protocol.questions.reviewing import USUAL, Periods, review_on, reviews
from exchange.protocol.record import Record
from tests.properties.world import OFFICES, World

HOME, NEW = OFFICES[:2]


class Story:
    """Somebody of home stays in the new town, which home has confirmed."""

    def __init__(self, began: str = "2026-01-31", until: str | None = None) -> None:
        self.world = World(0, skew=False)
        self.does(HOME, Registered(basis="first_record", registration=town(HOME), particulars={"name": "王"}))
        self.stay = self.does(NEW, Arrived(kind="main", registration=town(HOME), stay_until=until), began)
        self.does(HOME, Confirmed(case=CaseRef(self.stay, HOME, "inflow")), began)

    def does(self, office: str, fact: Fact, day: str = "2020-01-01") -> Ref:
        self.world.tick()
        made = self.world.author(office, "P1", day, fact)
        self.world.command(made)
        self.world.drain()
        return made.ref

    def record(self, office: str = HOME) -> Record:
        found = self.world.record(office, "P1")
        assert found is not None
        return found

    def due(self) -> str | None:
        return review_on(self.record())

    def asks(self, day: str, periods: Periods = USUAL) -> list[CaseRef]:
        """What the sweep of the day records."""
        found = []
        for draft in list(reviews(self.record(), day, periods)):
            fact = draft.payload
            made = self.world.author(HOME, "P1", day, fact, actor=SYSTEM_ACTOR, id_=draft.id, because=draft.because)
            self.world.command(made)
            self.world.drain()
            found.append(CaseRef(made.ref, NEW, "request"))
        return found

    def status(self, case: CaseRef) -> str:
        return self.record().cases[case].status


def test_thirty_days_before_the_last_day_and_once():
    story = Story(until="2026-12-31")
    assert story.due() == "2026-12-01"
    assert story.asks("2026-11-30") == []
    assert len(story.asks("2026-12-01")) == 1
    assert story.due() is None
    assert story.asks("2027-06-01") == []


@pytest.mark.parametrize(("until", "due"), [("2026-03-02", "2026-01-31"), ("2026-03-01", "2026-03-02")])
def test_a_stay_of_fewer_days_is_asked_about_the_day_after_its_last(until, due):
    assert Story(until=until).due() == due


def test_an_extension_is_asked_about_before_its_own_last_day():
    story = Story(until="2026-12-31")
    (asked,) = story.asks("2026-12-01")
    story.does(NEW, Extended(stay=story.stay, stay_until="2027-12-31"), "2026-12-05")
    assert (story.status(asked), story.due()) == ("answered", "2027-12-01")
    story.does(NEW, Extended(stay=story.stay, stay_until="2028-01-10"), "2027-12-20")
    assert story.due() == "2028-01-11"


def test_who_stays_on_after_the_last_day_is_asked_about_year_by_year():
    """Its office confirmed that the person is still there, and extended nothing."""
    story = Story(until="2026-12-31")
    (asked,) = story.asks("2026-12-01")
    story.does(NEW, Confirmed(case=asked), "2026-12-02")
    assert (story.due(), story.asks("2027-12-30")) == ("2027-12-31", [])
    (again,) = story.asks("2027-12-31")
    assert (story.status(again), story.due()) == ("open", None)
    story.does(NEW, Confirmed(case=again), "2028-01-05")
    assert story.due() == "2028-12-31"
    (third,) = story.asks("2028-12-31")
    story.does(NEW, Extended(stay=story.stay, stay_until="2030-06-30"), "2029-01-05")
    assert (story.status(third), story.due()) == ("answered", "2030-05-31")


def test_a_question_of_a_later_year_is_withdrawn_too_where_another_day_was_the_last():
    story = Story(until="2026-12-31")
    (asked,) = story.asks("2026-12-01")
    story.does(NEW, Confirmed(case=asked), "2026-12-02")
    (again,) = story.asks("2027-12-31")
    story.does(NEW, Corrected(target=story.stay, set={"stay_until": "2029-12-31"}), "2028-01-02")
    assert (story.status(again), story.due()) == ("withdrawn", "2029-12-01")


@pytest.mark.parametrize("for_a_while", ["2027-04-25", "2027-12-31"])
def test_of_a_last_day_that_is_corrected_and_corrected_back_one_question_is_left(for_a_while):
    story = Story(until="2026-12-31")
    (first,) = story.asks("2026-12-01")
    story.does(NEW, Corrected(target=story.stay, set={"stay_until": for_a_while}), "2026-12-10")
    (other,) = story.asks("2027-12-01")
    assert [story.status(each) for each in (first, other)] == ["withdrawn", "open"]
    story.does(NEW, Corrected(target=story.stay, set={"stay_until": "2026-12-31"}), "2027-12-02")
    assert [story.status(each) for each in (first, other)] == ["open", "withdrawn"]
    story.does(NEW, Confirmed(case=first), "2027-12-03")
    if for_a_while == "2027-12-31":  # of which it was asked
        assert (story.due(), story.asks("2028-01-01")) == ("2028-12-31", [])
    else:
        assert (story.due(), len(story.asks("2027-12-31"))) == ("2027-12-31", 1)


def test_a_question_about_a_last_day_that_was_none_is_withdrawn():
    story = Story(until="2026-12-31")
    (asked,) = story.asks("2026-12-01")
    story.does(NEW, Corrected(target=story.stay, set={"stay_until": "2027-12-31"}), "2026-12-02")
    assert (story.status(asked), story.due()) == ("withdrawn", "2027-12-01")
    (again,) = story.asks("2027-12-01")
    assert (story.status(asked), story.status(again)) == ("withdrawn", "open")


def test_without_a_last_day_after_twelve_months_and_again_after_twelve():
    story = Story(began="2026-01-31")
    assert story.due() == "2027-01-31"
    (asked,) = story.asks("2027-01-31")
    assert story.due() is None  # while it waits, nobody is asked again
    assert story.asks("2028-06-01") == []
    story.does(NEW, Confirmed(case=asked), "2027-02-10")
    assert (story.status(asked), story.due()) == ("confirmed", "2028-01-31")


def test_of_years_that_were_missed_only_the_last_is_asked_about():
    story = Story(began="2020-02-29")
    (asked,) = story.asks("2026-03-01")
    story.does(NEW, Confirmed(case=asked), "2026-03-02")
    assert story.due() == "2027-02-28"
    assert story.asks("2026-03-03") == []


def test_other_periods_are_those_of_the_settings():
    assert len(Story(until="2026-12-31").asks("2026-11-01", Periods(before_days=60, after_months=12))) == 1
    assert len(Story().asks("2026-07-31", Periods(before_days=30, after_months=6))) == 1
    assert Periods(60, 12).earlier_than(USUAL) == 30
    assert Periods(30, 6).earlier_than(USUAL) >= 184
    assert Periods(10, 24).earlier_than(USUAL) == 0


def test_the_office_of_the_stay_asks_nothing():
    assert review_on(Story(until="2026-12-31").record(NEW)) is None
