"""A view reads only what changed, and sees whatever the office told meanwhile."""

import msgspec
import pytest

from events.catalogue.case import Rejected
from events.catalogue.movement import Arrived
from events.catalogue.values import town
from exchange.protocol.book import Book, Delivery, Question
from exchange.protocol.offices import Offices
from exchange.protocol.view import view
from tests.unit.made_up import event

A, B = "420115001000", "110101001000"
ARRIVED = event(Arrived(kind="main", registration=town(A), opens=True), B, "p1", 1)
TOLD = Delivery(ref=ARRIVED.ref, teller=B, to=A, parts=frozenset(), ground="named", kind="update")
ASKED = msgspec.structs.replace(TOLD, kind="inflow", asked=(Question("inflow", "2026-04-01"),), revision=2)


@pytest.fixture
def book():
    book = Book(B, Offices([A, B]))
    book.record(ARRIVED)
    return book


def test_what_was_told_without_a_question_counts_in_the_version_alone(book):
    (before,) = view(book)
    book.tell(TOLD)
    (after,) = view(book)
    assert after.version == before.version + 1
    assert (after.cases, after.facts) == (before.cases, before.facts)
    assert (after,) == view(book.copy())


def test_a_question_put_later_opens_its_case(book):
    book.tell(TOLD)
    (before,) = view(book)
    book.tell(ASKED)
    (after,) = view(book)
    assert not before.cases
    assert [case.asked for case in after.cases] == [A]


def test_a_rejection_ends_when_the_message_is_sent_again(book):
    book.tell(TOLD)
    rejection = event(Rejected(notification=ARRIVED.ref, teller=B, reason="unreadable"), A, "p1", 2)
    book.receive(Delivery(ref=rejection.ref, teller=A, to=B, parts=frozenset(), ground="named"), rejection)
    (before,) = view(book)
    book.tell(msgspec.structs.replace(TOLD, revision=2))
    (after,) = view(book)
    assert [each.ended for each in (*before.rejections, *after.rejections)] == [None, "sent_again"]
