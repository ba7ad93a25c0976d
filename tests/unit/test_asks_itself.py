"""Who asks after offices became one: none of them asks itself anything; and who sees that somebody was asked at all."""

from __future__ import annotations

from typing import Any

import pytest

from events.catalogue.case import Confirmed, Disputed, Noted, Reopened
from events.catalogue.movement import Arrived, Departed
from events.catalogue.person import Registered
from events.catalogue.values import CaseRef, NoteKind, town
from events.envelope import Ref
from events.event import Event
from exchange.protocol.book import Book, Delivery, Question
from exchange.protocol.offices import Offices, Succession
from exchange.protocol.record import CaseState
from exchange.protocol.view import view
from tests.unit.made_up import event
from tests.unit.test_sheet import Told

A, B, C, D = (f"11010100{n}000" for n in range(1, 5))
ONE = Offices(["110101000000"], {A: Succession((B,))})  # A became B
ALL = Offices(["110101000000"])


def told(said: Event, teller: str, to: str, asked: NoteKind | None = None, ground: str = "named") -> Delivery:
    puts = (Question(asked, "2026-04-01"),) if asked else ()
    return Delivery(ref=said.ref, teller=teller, to=to, parts=frozenset(), ground=ground, kind=asked, asked=puts)


def asked(book: Book) -> list[tuple[str, str, bool]]:
    """Of each case who asks, how it stands, and whether it is shown to nobody."""
    return [(case.asker, case.status, case.hidden) for record in view(book) for case in record.cases.values()]


ARRIVED = event(Arrived(kind="main", registration=town(B), origin=town(B)), D, "P", 2)
ENTRY = event(Registered(basis="first_record", registration=town(A)), A, "P", 1)


def test_of_whose_question_only_the_answer_is_known_that_was_its_own_is_over():
    """A asked B about an arrival that D never heard of."""
    answer = event(Disputed(case=CaseRef(Ref(A, "e9"), B, "inflow"), reason="other"), B, "P", 3)
    for offices, expected in ((ALL, (A, "disputed", False)), (ONE, (B, "withdrawn", True))):
        book = Book(D, offices)
        book.receive(told(answer, B, D), answer)
        assert asked(book) == [expected]


def test_of_whose_question_only_the_answer_is_known_another_still_asks():
    answer = event(Disputed(case=CaseRef(Ref(C, "e9"), B, "inflow"), reason="other"), B, "P", 3)
    book = Book(D, ONE)
    book.receive(told(answer, B, D), answer)
    assert asked(book) == [(C, "disputed", False)]


@pytest.mark.parametrize("author_asked", [False, True])
def test_what_one_asked_the_other_as_keeper_is_over_unless_the_author_asked_it_as_well(author_asked):
    """A kept the person and asked B whether they had moved on to D, which names B as the place left."""
    book = Book(B, ONE)
    book.record(ENTRY)
    book.receive(told(ARRIVED, D, B, "moved-on" if author_asked else None), ARRIVED)
    book.tell(told(ARRIVED, B, B, "moved-on", "ended"))
    assert asked(book) == [(D, "open", False) if author_asked else (B, "withdrawn", True)]


def test_whoever_is_asked_about_its_own_fact_is_no_office_that_asks_itself_where_none_became_another():
    """By the answer alone D knows that somebody asked B which of two arrivals is right."""
    own = event(Arrived(kind="main", registration=town(A)), B, "P", 2)
    answer = event(Confirmed(case=CaseRef(own.ref, B, "contested")), B, "P", 3)
    book = Book(D, ALL)
    for each in (ENTRY, own, answer):
        book.receive(told(each, each.author, D), each)
    assert [status for _, status, _ in asked(book)] == ["confirmed"]


class TestWhoAsks:
    def test_is_the_author_where_nobody_keeps_the_person(self):
        moved = event(Arrived(kind="main"), D, "P", 2)
        book = Book(B, ALL)
        book.receive(told(moved, D, B, "moved-on"), moved)
        [record] = view(book)
        assert (record.keeper, asked(book)) == (None, [(D, "open", False)])

    def test_is_the_author_where_the_keeper_is_asked(self):
        """... which of two arrivals of a day is right; who keeps the person asks itself nothing."""
        own = event(Registered(basis="first_record", registration=town(A), kind="main"), A, "P", 1)
        moved = event(Arrived(kind="main", registration=town(A)), D, "P", 2)
        book = Book(A, ALL)
        book.record(own)
        book.receive(told(moved, D, A, "contested"), moved)
        assert asked(book) == [(D, "open", False)]


class TestWhatAMatchOfDocumentsAsked:
    """... the asker does not see, before the office asked has answered."""

    def case(self, book: Book) -> CaseState:
        [case] = [case for record in view(book) for case in record.cases.values()]
        return case

    @pytest.mark.parametrize("ground", ["match", "one_document"])
    def test_is_hidden_from_whoever_asks_until_somebody_says_something(self, ground):
        arrival = event(Arrived(kind="main", opens=True), D, "P", 2)
        book = Book(D, ALL)
        book.record(arrival)
        book.tell(told(arrival, D, A, "inflow", ground))
        assert self.case(book).hidden
        note = event(Noted(case=CaseRef(arrival.ref, A, "inflow"), text="?"), A, "P", 3)
        book.receive(told(note, A, D), note)
        assert not self.case(book).hidden

    def test_is_seen_by_whoever_is_asked(self):
        arrival = event(Arrived(kind="main", opens=True), D, "P", 2)
        book = Book(A, ALL)
        book.record(ENTRY)
        book.receive(told(arrival, D, A, "inflow", "match"), arrival)
        assert not self.case(book).hidden


class TestAMatchedAnnouncement:
    """A announced somebody to B, who came."""

    def status(self, *said: Any) -> str:
        told = Told(A)
        told.own(Registered(basis="first_record", registration=town(A)), "2000-01-01")
        told.book.offices = ALL
        announced = told.own(Departed(destination=town(B)), "2026-01-01")
        puts = (Question("outflow", "2026-04-01"),)
        told.book.tell(Delivery(ref=announced, teller=A, to=B, parts=frozenset(), ground="named", asked=puts))
        case = CaseRef(announced, B, "outflow")
        before = said[0] if said else None
        if before == "before":
            told.own(Reopened(case=case, reason="doubt"), "2026-01-02")
        told.hears(B, Arrived(kind="main", registration=town(A)), "inflow", "2026-01-03")
        if before not in {None, "before"}:
            told.own(before(case), "2026-01-04")
        return told.record.cases[case].status

    def test_is_over_by_itself(self):
        assert self.status() == "matched"

    def test_is_open_again_once_a_person_doubts_it(self):
        assert self.status(lambda case: Reopened(case=case, reason="doubt")) == "open"

    def test_is_not_by_a_doubt_of_before(self):
        assert self.status("before") == "matched"

    def test_is_not_because_somebody_notes_something(self):
        assert self.status(lambda case: Noted(case=case, text="?")) == "matched"
