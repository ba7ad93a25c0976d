"""Whom the matching of documents tells of whoever opened a dossier."""

from typing import Any

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.case import Confirmed, Disputed
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Extended, Left, MainChanged, MovedWithin, Returned
from events.catalogue.person import Changed, Deceased, Protected, Registered, Unprotected
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, Other, town
from events.envelope import Ref
from events.event import Event
from exchange.protocol.book import Book, Delivery, Question
from exchange.protocol.matching import matching
from exchange.protocol.offices import Offices
from exchange.protocol.telling.chains import links_and_disputes
from exchange.protocol.telling.due import Sight
from exchange.protocol.view import readings, view
from tests.unit.made_up import event

A, B, C, D = "420115001000", "110101001000", "110108001000", "110105001000"


def test_where_the_registration_place_denies_it_those_who_opened_the_dossier_find_each_other():
    """B recorded an arrival first; A names B as registration place, and B denies that: else both would be keeper."""
    offices = Offices([A, B])
    first = event(Arrived(kind="main", registration=town(B), opens=True), B, "p1", 1)
    entry = event(Registered(basis="first_record", registration=town(B)), A, "p1", 2)
    dispute = event(Disputed(case=CaseRef(entry.ref, B, "registration"), reason="person_unknown"), B, "p1", 3)
    asked = (Question("registration", "2026-04-01"),)
    books = {A: Book(A, offices), B: Book(B, offices)}
    told = Delivery(ref=entry.ref, teller=A, to=B, parts=frozenset(), ground="named", kind="registration", asked=asked)
    replied = Delivery(ref=dispute.ref, teller=B, to=A, parts=frozenset(), ground="reply", kind="reply")
    for own in (first, dispute):
        books[B].record(own)
    books[B].receive(told, entry)
    books[A].record(entry)
    books[A].tell(told)
    books[A].receive(replied, dispute)
    read = {office: readings(book) for office, book in books.items()}
    assert (read[A][0].keeper, read[B][0].keeper) == (A, B)
    assert [(due.ref, due.to) for due in matching(read)[B]] == [(first.ref, A)]


def test_so_do_those_who_opened_it_for_somebody_registered_at_a_place_outside():
    """Each stands in for that place by its own book, where nobody takes part: two offices would stay keeper."""
    offices = Offices([A, B])
    outside = town("330106001000")
    entries = [
        event(Registered(basis="first_record", registration=outside), by, "p1", at) for at, by in enumerate((A, B))
    ]
    books = {entry.author: Book(entry.author, offices) for entry in entries}
    for entry in entries:
        books[entry.author].record(entry)
    read = {office: readings(book) for office, book in books.items()}
    assert [read[office][0].keeper for office in (A, B)] == [A, B]
    due = {(teller, each.to, each.ref) for teller, owed in matching(read).items() for each in owed}
    assert due == {(A, B, entries[0].ref), (B, A, entries[1].ref)}


class Opening:
    """Books of four offices about one person; what any of them records has the next stamp."""

    def __init__(self) -> None:
        self.books = {office: Book(office, Offices([A, B, C, D])) for office in (A, B, C, D)}
        self.stamp = 0

    def says(self, office: str, fact: Fact) -> Event:
        self.stamp += 1
        said = event(fact, office, "p1", self.stamp)
        self.books[office].record(said)
        return said

    def tells(self, said: Event, to: str, **more: Any) -> None:
        delivery = Delivery(ref=said.ref, teller=said.author, to=to, parts=frozenset(), ground="named", **more)
        self.books[said.author].tell(delivery)
        self.books[to].receive(delivery, said)

    def due(self) -> set[tuple[Ref, str, str | None, bool]]:
        """Of which fact whom its author tells, as what, and whether it tells by what the person is recognised."""
        told = matching({office: readings(book) for office, book in self.books.items()})
        assert all(due.ref.author == teller for teller, owed in told.items() for due in owed)
        return {(due.ref, due.to, due.kind, bool(due.parts)) for owed in told.values() for due in owed}


def test_whoever_opened_the_dossier_before_and_the_keeper_learn_of_a_newcomer_who_learns_nothing_of_them():
    story = Opening()
    first, second = (story.says(office, Arrived(kind="main", registration=town(C), opens=True)) for office in (A, B))
    entry = story.says(C, Registered(basis="first_record", registration=town(C)))
    assert story.due() == {
        (first.ref, C, "inflow", True),
        (second.ref, C, "inflow", True),
        (second.ref, A, None, False),
        (entry.ref, A, None, False),
        (entry.ref, B, None, False),
    }


def test_where_only_arrivals_say_where_the_person_is_registered_those_who_opened_it_find_each_other():
    story = Opening()
    first, second = (story.says(office, Arrived(kind="main", registration=town(B), opens=True)) for office in (A, B))
    assert story.due() == {(first.ref, B, "inflow", True), (second.ref, A, None, False)}


def test_whoever_the_registration_was_moved_to_keeps_the_person_before_it_answers():
    """Not so where an arrival alone names it: a typing error would tell all."""
    story = Opening()
    entry = story.says(B, Registered(basis="first_record", registration=town(B)))
    moved = story.says(B, RegistrationChanged(from_=town(B), to=town(A), ground="moved"))
    for said in (entry, moved):
        story.tells(said, A)
    newcomer = story.says(D, Arrived(kind="further", opens=True))
    assert (newcomer.ref, A, "inflow", True) in story.due()

    named = Opening()
    named.tells(named.says(B, Arrived(kind="main", registration=town(A), opens=True)), A)
    newcomer = named.says(D, Arrived(kind="further", opens=True))
    assert {to for ref, to, *_ in named.due() if ref == newcomer.ref} == {B}


def test_an_arrival_that_asks_whom_it_named_asks_nobody_else_who_is_told_by_what_the_person_is_recognised():
    story = Opening()
    story.says(C, Registered(basis="first_record", registration=town(C)))
    arrival = story.says(D, Arrived(kind="main", registration=town(A), opens=True))
    story.tells(arrival, A, kind="inflow", asked=(Question("inflow", "2026-04-01"),))
    assert {found for found in story.due() if found[0] == arrival.ref} == {(arrival.ref, C, None, True)}


def test_that_another_office_recognised_the_person_makes_nobody_keeper_whom_an_arrival_alone_names():
    story = Opening()
    arrival = story.says(B, Arrived(kind="main", registration=town(A), origin=town(C), opens=True))
    story.tells(arrival, A, kind="inflow", asked=(Question("inflow", "2026-04-01"),))
    story.tells(arrival, C, kind="moved-on", asked=(Question("moved-on", "2026-04-01"),))
    confirmed = story.says(C, Confirmed(case=CaseRef(arrival.ref, C, "moved-on")))
    story.tells(confirmed, A)
    newcomer = story.says(D, Arrived(kind="further", opens=True))
    assert {to for ref, to, *_ in story.due() if ref == newcomer.ref} == {B}
    story.says(A, Confirmed(case=CaseRef(arrival.ref, A, "inflow")))
    assert {to for ref, to, *_ in story.due() if ref == newcomer.ref} == {A, B}


STAY = Ref(A, "e03")


class TestWhatStandsBesideAnOpeningThatWasTakenBack:
    """A took back the fact by which it opened the dossier, which C keeps by its own entry (decisions 0061 and 0064)."""

    @pytest.fixture
    def story(self) -> Opening:
        story = Opening()
        story.says(C, Registered(basis="first_record", registration=town(C)))
        first = story.says(A, Arrived(kind="main", opens=True))
        assert story.says(A, Arrived(kind="main", registration=town(C), address="1 Lane")).ref == STAY
        story.says(A, Retracted(target=first.ref))
        return story

    def told(self, story: Opening, fact: Fact) -> set[tuple[str, str | None, bool]]:
        """To whom, as what, and whether it asks."""
        ref = story.says(A, fact).ref
        found = matching({office: readings(book) for office, book in story.books.items()})
        assert all(due.parts == {"identity"} for due in found[A] if due.ref == ref)
        return {(due.to, due.kind, due.asks) for due in found[A] if due.ref == ref}

    @pytest.mark.parametrize(
        ("fact", "kind", "asks"),
        [
            (Arrived(kind="further", registration=town(C)), "inflow", True),
            (Deceased(), "update", True),
            (Left(stay=STAY), "left", False),
            (Departed(stay=STAY, destination=town(D)), "update", False),
            (MovedWithin(stay=STAY, address="2 Lane"), "update", False),
            (Extended(stay=STAY, stay_until="2027-01-01"), "update", False),
            (MainChanged(stay=STAY), "update", False),
            (Changed(set={"phone": "138"}), "update", False),
            (Protected(ground="threat"), "update", False),
            (Unprotected(ground="lifted"), "update", False),
            (TieBegan(tie="child", other=Other(person="q"), ground="birth"), "update", False),
            (TieEnded(tie="child", other=Other(person="q"), ground="other"), "update", False),
        ],
        ids=lambda value: value.type if isinstance(value, Fact) else "",
    )
    def test_reaches_whoever_keeps_the_person_as_the_keeper_is_told_it(self, story, fact, kind, asks):
        assert self.told(story, fact) == {(C, kind, asks)}

    @pytest.mark.parametrize(
        "fact",
        [Returned(address="6 Lake"), Confirmed(case=CaseRef(STAY, C, "inflow"))],
        ids=lambda fact: fact.type,
    )
    def test_reaches_nobody_where_only_a_keeper_may_say_it_or_it_is_said_in_a_case(self, story, fact):
        assert self.told(story, fact) == set()


@pytest.mark.parametrize("place", ["330106001000", A], ids=["outside", "here"])
def test_what_opened_the_dossier_is_told_with_the_chain_where_it_decides_who_stands_in(place):
    """An arrival is no link where an entry is, but may have opened the dossier before it."""
    first = event(Arrived(kind="main", opens=True), B, "p1", 1)
    entry = event(Registered(basis="first_record", registration=town(place)), A, "p1", 2)
    book = Book(A, Offices([A, B]))
    book.record(entry)
    book.receive(Delivery(ref=first.ref, teller=B, to=A, parts=frozenset(), ground="match"), first)
    [record] = view(book)
    told = {standing.ref for standing in links_and_disputes(Sight(book, record))}
    assert told == ({entry.ref} if place == A else {first.ref, entry.ref})
