"""Whoever put a question is the one who asks, in every book: else nobody withdraws it, nor decides on the answer."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, Redirected, Reminded, Reopened, Withdrawn
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
from tests.properties.world import OFFICES
from tests.unit.made_up import event
from tests.unit.test_corrected_away import HOME, NEW, OTHER, THIRD, Story

LAST = OFFICES[4]
WHO = {"name": "甲", "born_on": "1990-01-01", "document.passport": {"number": "E10000001"}}


class Asking(Story):
    """HOME keeps somebody of whom others speak."""

    def __init__(self, nodes: int = 1) -> None:
        super().__init__(nodes)
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

    def corrections(self, of: Ref) -> tuple[Ref, ...]:
        [record] = self.world.records(HOME)
        return record.facts[of].corrections

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


def comes_from(code: str, arrival: Ref) -> Corrected:
    return Corrected(target=arrival, set={"origin": {"kind": "town", "code": code}}, fields=("origin",))


def test_what_the_author_asked_by_an_error_the_keeper_asks_in_its_place_where_the_arrival_ends_that_stay(story):
    """What is due is read again on the content as it stands: had it named THIRD at first, HOME had asked."""
    story.lives("2026-03-02", NEW)
    there = story.lives("2026-03-04", OTHER, origin=NEW)
    corrected = story.record(OTHER, comes_from(THIRD, there))
    assert story.stands(there, NEW, "moved-on", HOME) == "open"
    assert story.held(OTHER, there, NEW, "moved-on").status == "withdrawn", "the author asks that of THIRD now"
    asking = [(d.teller, d.act) for d in story.world.said if (d.to, d.ref) == (NEW, there) and d.kind == "moved-on"]
    assert asking[1:] == [(HOME, story.world.books[OTHER].event(corrected).frame.submission)]
    story.record(NEW, Confirmed(case=CaseRef(there, NEW, "moved-on"), sees=(corrected,)))
    assert story.stands(there, NEW, "moved-on", HOME) == "confirmed"
    assert question_faults(story.world) == []


def test_so_it_does_of_an_arrival_of_its_own(story):
    """What the keeper had asked as author was withdrawn, though the arrival ended the stay of NEW all the same."""
    story.lives("2026-03-02", NEW)
    story.record(HOME, RegistrationChanged(from_=town(HOME), to=town(OTHER), ground="moved"))
    there = story.on("2026-03-04", OTHER, Arrived(kind="main", registration=town(OTHER), origin=town(NEW), stated=WHO))
    corrected = story.record(OTHER, comes_from(THIRD, there))
    assert [story.stands(there, office, "moved-on", OTHER) for office in (NEW, THIRD)] == ["open", "open"]
    story.record(NEW, Confirmed(case=CaseRef(there, NEW, "moved-on"), sees=(corrected,)))
    assert story.stands(there, NEW, "moved-on", OTHER) == "confirmed"
    assert question_faults(story.world) == []


def test_whom_the_arrival_named_by_an_error_and_who_sent_the_question_on_is_not_asked_again(story):
    story.lives("2026-03-02", NEW)
    there = story.lives("2026-03-04", OTHER, origin=NEW)
    story.record(NEW, Redirected(case=CaseRef(there, NEW, "moved-on"), to=LAST))
    story.record(OTHER, comes_from(THIRD, there))
    assert [d.teller for d in story.world.said if (d.to, d.ref) == (NEW, there) and d.asked] == [OTHER]
    assert question_faults(story.world) == []


@pytest.mark.parametrize("keeper", [HOME, OTHER], ids=["of another's arrival", "of its own"])
def test_a_correction_of_the_origin_that_was_taken_back_leaves_the_keepers_question_as_it_was(story, keeper):
    """Who asks changes with the correction, and back; and who never held a stay is asked no more."""
    story.lives("2026-03-02", NEW)
    if keeper == OTHER:
        story.record(HOME, RegistrationChanged(from_=town(HOME), to=town(OTHER), ground="moved"))
    there = story.on("2026-03-04", OTHER, Arrived(kind="main", registration=town(keeper), stated=WHO))
    assert story.stands(there, NEW, "moved-on", keeper) == "open"
    wrong = story.record(OTHER, comes_from(NEW, there))
    assert story.stands(there, NEW, "moved-on", OTHER) == "open"
    story.record(OTHER, Retracted(target=wrong))
    assert story.stands(there, NEW, "moved-on", keeper) == "open"
    story.record(NEW, Confirmed(case=CaseRef(there, NEW, "moved-on"), sees=(wrong,)))
    assert story.stands(there, NEW, "moved-on", keeper) == "confirmed"
    never = story.record(OTHER, comes_from(THIRD, there))
    assert story.stands(there, THIRD, "moved-on", OTHER) == "open"
    story.record(OTHER, Retracted(target=never))
    assert story.stands(there, THIRD, "moved-on", OTHER) == "withdrawn"
    assert question_faults(story.world) == []


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
    reminded = event(Reminded(case=case, ground="half_time", due_on="2026-03-02"), THIRD, "P", 2)
    told = Delivery(ref=reminded.ref, teller=THIRD, to=OTHER, parts=frozenset(), ground="reply")
    book.receive(told, reminded)
    assert case not in view(book)[0].cases, "who reminds had asked, and asks no more (histories, 9810335)"
    book.record(answer)
    assert view(book)[0].cases[case].status == "confirmed"
    book.record(event(Retracted(target=answer.ref), OTHER, "P", 4))
    assert case not in view(book)[0].cases


def test_nor_does_whoever_stands_behind_it_no_more_put_it_again():
    """The author, which had asked nothing, asked by what THIRD said as keeper by an arrival alone; its own book, which
    never heard of that, held the question to be over (histories, seed 9953559).
    """
    entry = event(Registered(basis="first_record", registration=town(HOME)), HOME, "P", 1)
    arrived = event(Arrived(kind="main", registration=town(HOME)), NEW, "P", 2)
    case = CaseRef(arrived.ref, OTHER, "moved-on")
    withdrawn = event(Withdrawn(case=case, ground="no_longer_stands"), LAST, "P", 3)
    again = event(Reopened(case=case, reason="stands_again"), THIRD, "P", 4)
    book = Book(OTHER, Offices(["110101000000"]))
    for each, teller in ((entry, HOME), (arrived, THIRD), (withdrawn, LAST), (again, THIRD)):
        asked = (Question("moved-on", "2026-03-02"),) if each is arrived else ()
        told = Delivery(ref=each.ref, teller=teller, to=OTHER, parts=frozenset(), ground="ended", asked=asked)
        book.receive(told, each)
    assert view(book)[0].cases[case].status == "withdrawn"


@pytest.mark.parametrize("sent_on", [False, True], ids=["named by a correction", "sent on by whom the arrival named"])
def test_an_author_asks_by_another_act_also_whom_it_had_asked_something_else_of_that_arrival(story, sent_on):
    """HOME was asked whether the person is its own, for they bear one document, and gave the registration up without
    an answer. NEW, which keeps it now, asked whether the person moved on from there; and that is the author's question
    once its arrival names HOME, or whom it named sent it on: nobody put it, and HOME's answer went nowhere.
    """
    story.on("2026-03-01", HOME, Arrived(kind="main", registration=town(HOME), stated=WHO))
    origin = town(THIRD) if sent_on else None
    there = story.on("2026-03-04", OTHER, Arrived(kind="main", origin=origin, stated=WHO, opens=True))
    assert story.held(HOME, there, HOME, "inflow").status == "open"
    story.record(HOME, RegistrationChanged(from_=town(HOME), to=town(NEW), ground="moved"))
    assert story.stands(there, HOME, "moved-on", NEW) == "open"
    if sent_on:
        story.record(THIRD, Redirected(case=CaseRef(there, THIRD, "moved-on"), to=HOME))
    else:
        story.record(OTHER, comes_from(HOME, there))
    assert story.stands(there, HOME, "moved-on", OTHER) == "open"
    assert story.held(HOME, there, HOME, "inflow").status == "open"
    story.record(HOME, Confirmed(case=CaseRef(there, HOME, "moved-on"), sees=story.corrections(there)))
    assert story.stands(there, HOME, "moved-on", OTHER) == "confirmed"
    assert question_faults(story.world) == []


def test_whom_a_redirect_lets_be_asked_whether_it_keeps_the_person_is_asked_still_whether_they_moved_on(story):
    """The arrival named NEW as the place left, and HOME sent on to it what it was asked as registration place: an act
    of its own. With that the first question was withdrawn, though it stood.
    """
    story.lives("2026-03-02", NEW)
    home, left = town(HOME), town(NEW)
    there = story.on("2026-03-04", OTHER, Arrived(kind="main", registration=home, origin=left, stated=WHO))
    assert story.stands(there, NEW, "moved-on", OTHER) == "open"
    story.record(HOME, Redirected(case=CaseRef(there, HOME, "inflow"), to=NEW))
    assert story.stands(there, NEW, "inflow", OTHER) == "open"
    assert story.stands(there, NEW, "moved-on", OTHER) == "open"
    story.record(NEW, Confirmed(case=CaseRef(there, NEW, "moved-on")))
    assert story.stands(there, NEW, "moved-on", OTHER) == "confirmed"
    assert story.stands(there, NEW, "inflow", OTHER) == "open"
    assert question_faults(story.world) == []


@pytest.mark.parametrize("office", [NEW, HOME], ids=["asked", "asks"])
def test_the_keeper_asks_on_whether_somebody_moved_on_where_the_author_had_asked_whether_they_are_registered(office):
    """OTHER found NEW by the document, and then the arrival was corrected so that it names NEW as the place left: one
    office is asked one question of an act, so it never put that one, which HOME had put (histories, seed 812104).
    """
    entry = event(Registered(particulars=WHO, basis="first_record", registration=town(HOME)), HOME, "P", 1)
    arrival = event(Arrived(kind="main", registration=town(HOME), origin=town(NEW)), OTHER, "P", 2)
    answer = event(Confirmed(case=CaseRef(arrival.ref, NEW, "inflow")), NEW, "P", 3)
    inflow, moved_on = (Question("inflow", "2026-04-01"),), (Question("moved-on", "2026-04-01"),)
    asked = Delivery(ref=arrival.ref, teller=HOME, to=NEW, parts=frozenset(), ground="ended", asked=moved_on)
    book = Book(office, Offices(["110000000000"]))
    for each in (entry, answer):
        if each.author == office:
            book.record(each)
        else:
            book.receive(Delivery(ref=each.ref, teller=each.author, to=office, parts=frozenset(), ground="reply"), each)
    if office == NEW:
        found = Delivery(ref=arrival.ref, teller=OTHER, to=NEW, parts=frozenset(), ground="match", asked=inflow)
        book.receive(found, arrival)
        book.receive(asked, arrival)
    else:
        named = Delivery(ref=arrival.ref, teller=OTHER, to=HOME, parts=frozenset(), ground="named", asked=inflow)
        book.receive(named, arrival)
        book.tell(asked)
    [record] = view(book)
    state = record.cases[CaseRef(arrival.ref, NEW, "moved-on")]
    assert (state.asker, state.status) == (HOME, "open")
