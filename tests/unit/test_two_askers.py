"""A document on two persons and a contested stay between the same two offices: two questions in one case."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected
from events.catalogue.case import Confirmed, Withdrawn
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Left
from events.catalogue.person import Merged, Registered
from events.catalogue.values import ABROAD, CaseRef, town
from events.envelope import Ref
from exchange.protocol.book import Book, Delivery, Question
from exchange.protocol.offices import Offices
from exchange.protocol.view import view
from tests.properties.questions import question_faults
from tests.properties.world import OFFICES
from tests.unit.made_up import event
from tests.unit.test_corrected_away import HOME, NEW, OTHER
from tests.unit.test_who_asks import WHO, Asking

SHARED = {"document.passport": {"number": "E00000000"}}


class Both(Asking):
    """P1, of HOME, came to NEW and to OTHER on one day. OTHER recorded P1 with a document that P2 has, who is of OTHER
    and lives in NEW, by whose word P2 has it.
    """

    def __init__(self, nodes: int = 1) -> None:
        super().__init__(nodes)
        self.says(OTHER, Registered(particulars={"name": "乙"}, basis="first_record", registration=town(OTHER)), "P2")
        other = Arrived(kind="main", registration=town(OTHER), stated={"name": "乙", **SHARED}, opens=True)
        self.says(OTHER, Confirmed(case=CaseRef(self.says(NEW, other, "P2"), OTHER, "inflow")), "P2")
        self.here = self.lives("2026-03-02", NEW)
        rival = Arrived(kind="main", registration=town(HOME), stated={**WHO, **SHARED})
        self.there = self.on("2026-03-02", OTHER, rival)
        self.record(HOME, Confirmed(case=CaseRef(self.there, HOME, "inflow")))

    def says(self, office: str, fact: Fact, person: str) -> Ref:
        event = self.world.author(office, person, "2026-03-01", fact)
        self.world.command(event)
        self.world.drain()
        self.world.now += 1_000_000
        return event.ref

    def states(self) -> list[tuple[str, str]]:
        """Who asks, and how the question stands: for NEW, which is asked, for OTHER and for HOME."""
        held = [self.held(office, self.there, NEW, "contested") for office in (NEW, OTHER, HOME)]
        return [(state.asker, state.status) for state in held if state is not None]

    def leaves(self) -> None:
        self.record(NEW, Left(stay=self.here, destination=ABROAD))

    def mends(self) -> None:
        right = {"document.passport": WHO["document.passport"]}
        self.record(OTHER, Corrected(target=self.there, set=right, fields=("document.passport",)))


@pytest.fixture
def both() -> Both:
    return Both()


def test_both_ask_the_one_office(both):
    assert both.states() == [(OTHER, "open"), (OTHER, "open"), (HOME, "open")]


def test_where_the_stays_contest_each_other_no_more_the_question_about_the_document_goes_on(both):
    """OTHER waited for an answer that NEW could not give any more."""
    both.leaves()
    assert both.states() == [(OTHER, "open"), (OTHER, "open"), (HOME, "withdrawn")]
    both.mends()
    assert [status for _, status in both.states()] == ["withdrawn"] * 3
    assert question_faults(both.world) == []


def test_where_the_document_is_no_other_persons_the_question_about_the_stays_goes_on(both):
    both.mends()
    assert both.states() == [(HOME, "open"), (OTHER, "withdrawn"), (HOME, "open")]
    [record] = [each for each in both.world.records(NEW) if "P1" in each.persons]
    seen = record.facts[both.there].corrections
    both.record(NEW, Confirmed(case=CaseRef(both.there, NEW, "contested"), sees=seen))
    assert both.states() == [(HOME, "confirmed"), (OTHER, "withdrawn"), (HOME, "confirmed")]
    assert question_faults(both.world) == []


def test_where_both_end_at_once_the_keeper_takes_what_was_withdrawn_for_the_document_for_no_word_of_its_own():
    """HOME hears of both before it looks: by OTHER's word its question was over, and NEW was asked by nobody."""
    both = Both(nodes=len(OFFICES))
    right = {"document.passport": WHO["document.passport"]}
    mended = Corrected(target=both.there, set=right, fields=("document.passport",))
    for office, fact in ((OTHER, mended), (NEW, Left(stay=both.here, destination=ABROAD))):
        both.world.command(both.world.author(office, "P1", "2026-03-03", fact))
    both.world.drain()
    assert both.states() == [(HOME, "withdrawn"), (OTHER, "withdrawn"), (HOME, "withdrawn")]
    assert question_faults(both.world) == []


def test_what_the_keeper_withdraws_by_hand_ends_its_own_question_alone(both):
    """OTHER waited for an answer of NEW, for which the case was over (histories of three persons, seed 8400125)."""
    both.record(HOME, Withdrawn(case=CaseRef(both.there, NEW, "contested"), ground="no_longer_needed"))
    assert both.states() == [(OTHER, "open"), (OTHER, "open"), (HOME, "withdrawn")]
    assert question_faults(both.world) == []


def test_what_who_kept_the_person_before_withdraws_is_no_word_of_who_made_the_second_entry():
    """Both asked the office that has the other stay: OTHER because of its entry, and HOME as keeper, which then found
    that the stays contest each other no more (histories of three persons, seed 9910111).
    """
    entry = event(Registered(basis="first_record", registration=town(OTHER), kind="main"), OTHER, "P", 1)
    case = CaseRef(entry.ref, NEW, "contested")
    withdrawn = event(Withdrawn(case=case, ground="no_longer_stands"), HOME, "P", 2)
    book = Book(NEW, Offices(["110101000000"]))
    asked = (Question("contested", "2026-04-01"),)
    for teller, told, puts in ((OTHER, entry, asked), (HOME, entry, asked), (HOME, withdrawn, ())):
        ground = "rival" if puts else "reply"
        book.receive(Delivery(ref=told.ref, teller=teller, to=NEW, parts=frozenset(), ground=ground, asked=puts), told)
    [record] = view(book)
    assert (record.cases[case].asker, record.cases[case].status) == (OTHER, "open")


def test_where_the_author_of_an_entry_asks_no_more_the_keeper_goes_on_asking_which_of_two_stays_is_right():
    """It asked as keeper, for its entry names it, and withdrew that; the id was given up, and who keeps the survivor
    asks as well (histories with entries of places outside, seed 9930047).
    """
    keeps = event(Registered(basis="first_record", registration=town(HOME)), HOME, "P", 1)
    entry = event(Registered(basis="first_record", registration=town(OTHER), kind="main"), OTHER, "Q", 2)
    merged = event(Merged(other="P", keeper=HOME), OTHER, "Q", 3)
    case = CaseRef(entry.ref, NEW, "contested")
    withdrawn = event(Withdrawn(case=case, ground="no_longer_stands"), OTHER, "Q", 4)
    book = Book(NEW, Offices(["110101000000"]))
    asked = (Question("contested", "2026-04-01"),)
    for teller, told in ((HOME, keeps), (OTHER, entry), (HOME, entry), (OTHER, merged), (OTHER, withdrawn)):
        puts = asked if told is entry else ()
        ground = "rival" if puts else "reply"
        book.receive(Delivery(ref=told.ref, teller=teller, to=NEW, parts=frozenset(), ground=ground, asked=puts), told)
    [record] = view(book)
    assert (record.keeper, record.cases[case].asker, record.cases[case].status) == (HOME, HOME, "open")
