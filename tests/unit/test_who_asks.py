"""Whoever put a question is the one who asks, in every book: else nobody withdraws it, nor decides on the answer."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, Redirected
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Departed, Left
from events.catalogue.person import Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import ABROAD, UNKNOWN, CaseRef, NoteKind, town
from events.envelope import Ref
from exchange.protocol.book import Book, Delivery, Question
from exchange.protocol.offices import Offices
from exchange.protocol.record import CaseState
from exchange.protocol.view import view
from tests.properties.questions import question_faults
from tests.unit.made_up import event
from tests.unit.test_corrected_away import HOME, NEW, OTHER, THIRD, Story

WHO = {"name": "甲", "born_on": "1990-01-01", "document.passport": {"number": "E10000001"}}


class Asking(Story):
    """HOME keeps somebody of whom others speak."""

    def __init__(self) -> None:
        super().__init__()
        self.record(HOME, Registered(particulars=WHO, basis="first_record", registration=town(HOME)))

    def record(self, office: str, fact: Fact) -> Ref:
        self.world.now += 1_000_000  # whoever knows nothing of the others records later all the same
        return super().record(office, fact)

    def on(self, day: str, office: str, fact: Fact) -> Ref:
        event = self.world.author(office, "P1", day, fact)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def lives(self, day: str, office: str, origin: str | None = None) -> Ref:
        """A main stay that HOME confirms."""
        place = town(origin) if origin is not None else None
        stay = self.on(day, office, Arrived(kind="main", registration=town(HOME), origin=place, stated=WHO))
        self.record(HOME, Confirmed(case=CaseRef(stay, HOME, "inflow")))
        return stay

    def held(self, office: str, opening: Ref, asked: str, kind: NoteKind) -> CaseState | None:
        record = self.world.record(office, "P1")
        return record.cases.get(CaseRef(opening, asked, kind)) if record is not None else None

    def stands(self, opening: Ref, asked: str, kind: NoteKind, by: str) -> str:
        """How the question stands, the same on both sides."""
        sides = [self.held(office, opening, asked, kind) for office in (asked, by)]
        assert {state.asker for state in sides if state is not None} == {by}
        (found,) = {state.status if state is not None else None for state in sides}
        return str(found)


@pytest.fixture
def story() -> Asking:
    return Asking()


def test_what_contests_a_stay_is_the_keepers_question_also_where_the_rival_names_that_office(story):
    here = story.lives("2026-03-02", NEW)
    there = story.lives("2026-03-02", OTHER, origin=NEW)
    assert story.stands(there, NEW, "contested", HOME) == "open"
    story.record(NEW, Left(stay=here, destination=ABROAD))
    assert story.stands(there, NEW, "contested", HOME) == "withdrawn", "nothing contests anything any more"
    assert question_faults(story.world) == []


def test_whether_the_person_moved_on_is_asked_by_the_author_alone_where_the_author_names_the_place_left(story):
    story.lives("2026-03-02", NEW)
    there = story.lives("2026-03-04", OTHER, origin=NEW)
    assert story.stands(there, NEW, "moved-on", OTHER) == "open"
    asking = [d.teller for d in story.world.said if (d.to, d.ref) == (NEW, there) and d.asked]
    assert asking == [OTHER]


def test_what_the_author_asked_by_an_error_the_keeper_does_not_ask_in_its_place(story):
    """NEW would be asked what nobody waits for an answer to: the question is withdrawn with the error."""
    story.lives("2026-03-02", NEW)
    there = story.lives("2026-03-04", OTHER, origin=NEW)
    elsewhere = {"origin": {"kind": "town", "code": THIRD}}
    story.record(OTHER, Corrected(target=there, set=elsewhere, fields=("origin",)))
    assert story.stands(there, NEW, "moved-on", OTHER) == "withdrawn"
    assert [d.teller for d in story.world.said if (d.to, d.ref) == (NEW, there) and d.asked] == [OTHER]


def test_of_two_first_registrations_whoever_entered_the_later_one_asks_though_it_keeps_nobody(story):
    later = story.record(OTHER, Registered(particulars=WHO, basis="first_record", registration=town(THIRD)))
    assert story.stands(later, HOME, "contested", OTHER) == "open"
    assert question_faults(story.world) == []


def test_whom_a_question_of_the_keeper_is_sent_on_to_has_a_case_to_answer(story):
    """All that THIRD holds is the arrival of OTHER, which knew of no registration, and opened the dossier anew."""
    story.lives("2026-03-02", NEW)
    there = story.on("2026-03-02", OTHER, Arrived(kind="main", stated=WHO, opens=True))
    story.record(HOME, Confirmed(case=CaseRef(there, HOME, "inflow")))
    assert story.stands(there, NEW, "contested", HOME) == "open"
    sent = story.record(NEW, Redirected(case=CaseRef(there, NEW, "contested"), to=THIRD))
    assert story.stands(there, THIRD, "contested", HOME) == "open"
    assert not story.knows(THIRD, sent)
    assert question_faults(story.world) == []


def moved_on_from(story: Asking) -> tuple[Ref, Ref]:
    """OTHER saw the person go nobody knows where, before the registration moved to NEW: by whose word the person had
    lived there by then. What NEW asks OTHER, and the move.
    """
    stay = story.lives("2026-03-02", OTHER)
    story.on("2026-03-06", OTHER, Departed(stay=stay, destination=UNKNOWN))
    move = story.record(HOME, RegistrationChanged(from_=town(HOME), to=town(NEW), ground="moved"))
    return story.on("2026-03-04", NEW, Arrived(kind="main", registration=town(NEW), stated=WHO)), move


def test_whom_the_keeper_asks_has_a_case_to_answer_though_it_never_heard_that_the_registration_moved_on(story):
    opening, move = moved_on_from(story)
    assert story.stands(opening, OTHER, "moved-on", NEW) == "open"
    assert story.world.books[OTHER].parts(move) == frozenset()
    assert question_faults(story.world) == []


def test_once_it_answered_it_hears_no_more_of_the_registration(story):
    opening, _ = moved_on_from(story)
    story.record(OTHER, Confirmed(case=CaseRef(opening, OTHER, "moved-on")))
    later = story.record(NEW, RegistrationChanged(from_=town(NEW), to=town(THIRD), ground="moved"))
    assert later not in story.world.records(OTHER)[0].facts
    assert story.held(OTHER, opening, OTHER, "moved-on").status == "confirmed"


def asker(fact: Arrived | Registered, kind: NoteKind, *tellers: str) -> str:
    """By the book of OTHER, of what NEW recorded; HOME keeps the person."""
    entry = event(Registered(basis="first_record", registration=town(HOME)), HOME, "P", 1)
    said = event(fact, NEW, "P", 2)
    book = Book(OTHER, Offices(["110101000000"]))
    book.receive(Delivery(ref=entry.ref, teller=HOME, to=OTHER, parts=frozenset(), ground="chain"), entry)
    for teller in tellers:
        asked = (Question(kind, "2026-03-02"),)
        told = Delivery(ref=said.ref, teller=teller, to=OTHER, parts=frozenset(), ground="named", asked=asked)
        book.receive(told, said)
    [record] = view(book)
    return record.cases[CaseRef(said.ref, OTHER, kind)].asker


def test_who_was_asked_by_the_author_stays_so_where_home_and_the_place_left_became_one_office():
    """The arrival named two offices, and OTHER answers for both by now."""
    arrived = Arrived(kind="main", registration=town(OTHER), origin=town(OTHER))
    assert asker(arrived, "moved-on", NEW) == NEW


@pytest.mark.parametrize(("registration", "asks"), [(town(THIRD), NEW), (None, HOME)], ids=["entry", "stay alone"])
def test_an_entry_that_names_nobody_contests_stays_and_no_registration(registration, asks):
    """Its author asked as long as it kept the person, and the keeper of today asks, too."""
    entry = Registered(basis="first_record", registration=registration, kind="main")
    assert asker(entry, "contested", NEW, HOME) == asks


def test_a_question_behind_which_nobody_stands_is_none_also_where_its_answer_was_taken_back():
    """THIRD put it while it took itself for the keeper."""
    entry = event(Registered(basis="first_record", registration=town(HOME)), HOME, "P", 1)
    arrived = event(Arrived(kind="main", registration=town(HOME)), NEW, "P", 2)
    case = CaseRef(arrived.ref, OTHER, "moved-on")
    answer = event(Confirmed(case=case), OTHER, "P", 3)
    book = Book(OTHER, Offices(["110101000000"]))
    for each, teller, asked in ((entry, HOME, ()), (arrived, THIRD, (Question("moved-on", "2026-03-02"),))):
        told = Delivery(ref=each.ref, teller=teller, to=OTHER, parts=frozenset(), ground="ended", asked=asked)
        book.receive(told, each)
    assert case not in view(book)[0].cases
    book.record(answer)
    assert view(book)[0].cases[case].status == "confirmed"
    book.record(event(Retracted(target=answer.ref), OTHER, "P", 4))
    assert case not in view(book)[0].cases
