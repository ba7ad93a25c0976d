"""Whom the matching of documents tells of whoever opened a dossier."""

from events.catalogue.case import Disputed
from events.catalogue.movement import Arrived
from events.catalogue.person import Registered
from events.catalogue.values import CaseRef, town
from exchange.protocol.book import Book, Delivery, Question
from exchange.protocol.matching import matching
from exchange.protocol.offices import Offices
from exchange.protocol.view import readings
from tests.unit.made_up import event

A, B = "420115001000", "110101001000"


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
