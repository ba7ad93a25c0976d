"""Which of what an office said as keeper is false, by one book: what rests on an error alone (decisions 0047, 0064)."""

from __future__ import annotations

from typing import Any

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Redirected
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Departed, Returned
from events.catalogue.person import Registered, Stated
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import ABROAD, CaseRef, town
from events.envelope import Ref
from exchange.protocol.book import Question
from exchange.protocol.offices import Offices
from exchange.protocol.questions.false_statements import said_of_keeper
from tests.unit.test_sheet import A, B, D, Told

C, OUTSIDE = "420106001000", "330106001000"
BACK, AWAY, SAYS = Returned(address="6 Lake"), Departed(destination=ABROAD), Stated(basis="confirmed")


class Hearing(Told):
    """The book of C, where the person lives, which hears what others say."""

    def __init__(self) -> None:
        super().__init__(C)
        self.day = 1
        self.stay = self.own(Arrived(kind="main", registration=town(D)), "2026-01-01")

    def says(self, office: str, fact: Fact, **more: Any) -> Ref:
        self.day += 1
        return self.hears(office, fact, None, f"2026-01-{self.day:02}", **more)

    def mends(self, office: str, target: Ref, place: str = D, field: str = "registration") -> Ref:
        value: Any = place if field == "to" else {"kind": "town", "code": place}
        return self.says(office, Corrected(target=target, set={field: value}))

    def false(self, ref: Ref) -> bool:
        return self.record.facts[ref].void


def entered(place: str, **more: Any) -> Registered:
    return Registered(basis="first_record", registration=town(place), **more)


@pytest.fixture
def book() -> Hearing:
    return Hearing()


@pytest.mark.parametrize("fact", [BACK, AWAY, SAYS], ids=lambda fact: fact.type)
def test_what_is_said_by_whom_an_entry_named_that_names_another_by_now_is(book, fact):
    entry = book.says(B, entered(A))
    said = book.says(A, fact)
    assert not book.false(said)
    book.mends(B, entry)
    assert book.false(said)


def test_a_departure_from_a_stay_is_not_which_whoever_has_the_stay_may_record(book):
    entry = book.says(B, entered(A))
    stay = book.says(A, Arrived(kind="further", registration=town(A)))
    said = book.says(A, Departed(stay=stay, destination=ABROAD))
    book.mends(B, entry)
    assert not book.false(said)


def test_so_is_what_is_said_by_whom_a_redirect_named(book):
    puts = (Question("registration", "2026-06-01"),)
    entry = book.says(B, entered(D), asked=puts)
    sent = book.says(D, Redirected(case=CaseRef(entry, D, "registration"), to=A))
    said = book.says(A, BACK)
    assert not book.false(said)
    book.mends(D, sent, B, "to")
    assert book.false(said)


def test_what_was_stated_by_whom_an_arrival_names_still_is_not(book):
    """Somebody else entered the person since; that the arrival names the office is no error that anybody found."""
    book.says(B, Arrived(kind="further", registration=town(A), opens=True))
    said = book.says(A, SAYS)
    book.says(D, entered(D))
    other = book.says(B, Arrived(kind="further", registration=town(A)))
    book.says(B, Retracted(target=other))
    assert book.record.keeper == D
    assert not book.false(said)


NOWHERE = Registered(basis="first_record")


@pytest.mark.parametrize("fact", [NOWHERE, Arrived(kind="main", opens=True)], ids=lambda fact: fact.type)
class TestWhoeverOpenedTheDossier:
    """A kept the person by what it had opened the dossier with, and took that back since."""

    def test_is_not_back_where_the_registration_never_was(self, book, fact):
        opening = book.says(A, fact)
        said = book.says(A, BACK)
        book.says(D, entered(D))
        book.says(A, Retracted(target=opening))
        assert book.false(said)

    def test_says_rightly_what_it_says_while_that_stands(self, book, fact):
        book.says(A, fact)
        said = book.says(A, BACK)
        other = book.says(B, Arrived(kind="main", opens=True))
        book.says(B, Retracted(target=other))
        assert not book.false(said)

    def test_said_rightly_what_it_said_after_it_had_found_the_error(self, book, fact):
        opening = book.says(A, fact)
        book.says(A, Retracted(target=opening))
        book.says(B, entered(A))
        said = book.says(A, BACK)
        book.says(A, RegistrationChanged(from_=town(A), to=town(D), ground="moved"))
        assert not book.false(said)


@pytest.mark.parametrize(("by", "opens"), [(A, False), (B, True)], ids=["opened nothing", "was another's"])
def test_an_arrival_that_was_taken_back_is_no_reason_where_it(book, by, opens):
    book.says(D, entered(D))
    arrival = book.says(by, Arrived(kind="further", registration=town(D), opens=opens))
    said = book.says(A, BACK)
    book.says(by, Retracted(target=arrival))
    assert not book.false(said)


def test_what_an_opener_stated_is_judged_by_what_named_it_alone(book):
    opening = book.says(A, Arrived(kind="main", opens=True))
    said = book.says(A, SAYS)
    book.says(D, entered(D))
    book.says(A, Retracted(target=opening))
    assert not book.false(said)


def test_who_opened_the_dossier_speaks_rightly_until_the_place_outside_joins_that_the_entry_names(book):
    """Where no link names anybody who takes part, those who opened it keep the person; once one does, it alone does."""
    book.says(B, Arrived(kind="further", registration=town(OUTSIDE), opens=True))
    book.says(A, Arrived(kind="further", registration=town(OUTSIDE), opens=True))
    entry = book.says(D, entered(A))
    said = book.says(A, BACK)
    book.mends(D, entry, OUTSIDE)
    assert (book.record.keeper, book.false(said)) == (B, False)
    book.book.offices = Offices([*book.book.offices.joined, OUTSIDE])
    assert (book.record.keeper, book.false(said)) == (OUTSIDE, True)


class TestByWhatADepartureIsJudged:
    """... is told with it, where any of it was an error."""

    def judged(self, book: Hearing, said: Ref) -> set[Ref]:
        facts = book.record.facts
        return {each.ref for each in said_of_keeper(facts[said], facts)}

    def test_is_all_that_ever_named_its_author_once_any_of_it_was_an_error(self, book):
        entry = book.says(B, entered(A))
        move = book.says(D, RegistrationChanged(from_=town(D), to=town(A), ground="moved"))
        said = book.says(A, AWAY)
        assert self.judged(book, said) == set()
        book.mends(B, entry)
        assert (book.false(said), self.judged(book, said)) == (False, {entry, move})

    def test_is_also_the_redirect_of_a_question_about_an_arrival(self, book):
        puts = (Question("inflow", "2026-06-01"),)
        arrival = book.says(B, Arrived(kind="further", registration=town(D), opens=True), asked=puts)
        sent = book.says(D, Redirected(case=CaseRef(arrival, D, "inflow"), to=A))
        said = book.says(A, BACK)
        book.mends(D, sent, B, "to")
        assert (book.false(said), self.judged(book, said)) == (True, {sent})

    def test_is_nothing_of_what_others_may_record_too(self, book):
        entry = book.says(B, entered(A))
        book.says(D, RegistrationChanged(from_=town(D), to=town(A), ground="moved"))
        stay = book.says(A, Arrived(kind="further", registration=town(A)))
        said = book.says(A, Departed(stay=stay, destination=ABROAD))
        book.mends(B, entry)
        assert self.judged(book, said) == set()
