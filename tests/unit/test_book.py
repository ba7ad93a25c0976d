"""A book: what was delivered twice, late or anew, and which parts of it are held."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from events.catalogue.movement import Arrived
from events.catalogue.values import StayName, town
from events.envelope import Part
from exchange.protocol.book import ALL_PARTS, Book, Delivery, News, Question, book_of
from exchange.protocol.naming import named_offices, town_of
from exchange.protocol.offices import Offices
from tests.unit.made_up import event

A, B, D = "420115001000", "110101001000", "110108001000"
ARRIVED = event(Arrived(kind="main", registration=town(A), address="1 Lane", stated={"name": "王"}), B, "P1", 1)
OTHER = event(Arrived(kind="further", registration=town(A)), B, "P1", 2)


def told(*parts: Part, teller: str = B, **more: object) -> Delivery:
    usual = {"ref": ARRIVED.ref, "teller": teller, "to": A, "parts": frozenset(parts), "ground": "test"}
    return Delivery(**{**usual, **more})  # type: ignore[arg-type]  # its own fields


@pytest.fixture
def book() -> Book:
    return Book(A, Offices([A, B, D]))


def test_a_delivery_that_comes_twice_changes_nothing(book):
    assert book.receive(told("identity"), ARRIVED)
    before = book.changes
    assert not book.receive(told("identity"), ARRIVED)
    assert book.changes == before


def test_the_latest_delivery_counts_in_whichever_order_they_come(book):
    """Parts told in error are withdrawn by one more delivery of the event with the parts that remain."""
    first, second = told("identity", "address"), told("identity", revision=2)
    book.receive(first, ARRIVED)
    assert book.parts(ARRIVED.ref) == {"identity", "address"}
    assert book.receive(second, ARRIVED)
    assert book.parts(ARRIVED.ref) == {"identity"}
    assert not book.receive(first, ARRIVED)
    assert book.parts(ARRIVED.ref) == {"identity"}
    late = book_of(A, book.offices, (), [(second, ARRIVED), (first, ARRIVED)])
    assert late.parts(ARRIVED.ref) == {"identity"}


def test_what_several_told_is_held_together(book):
    book.receive(told("identity"), ARRIVED)
    book.receive(told("address", teller=D), ARRIVED)
    assert book.parts(ARRIVED.ref) == {"identity", "address"}
    payload = book.event(ARRIVED.ref).payload
    assert isinstance(payload, Arrived)
    assert (payload.address, payload.stated) == ("1 Lane", {"name": "王"})


def test_what_is_ones_own_is_held_whole_and_once_also_where_another_tells_it(book):
    book.record(ARRIVED)
    book.receive(told("identity"), ARRIVED)
    assert book.parts(ARRIVED.ref) == ALL_PARTS
    assert (len(book.events()), len(book.events_of(Arrived))) == (1, 1)


def test_the_highest_stamp_is_that_of_any_event(book):
    assert book.highest_stamp() == 0
    book.record(ARRIVED)
    assert book.highest_stamp() == ARRIVED.frame.stamp
    book.receive(told(ref=OTHER.ref), OTHER)
    assert book.highest_stamp() == OTHER.frame.stamp


def test_what_is_new_of_an_event_is_told_apart(book):
    """By it the view knows whether it has to look at the facts again, at the questions alone, or at neither."""

    def news() -> News | None:
        found: News | None = book.news.pop(ARRIVED.ref, None)
        return found

    book.receive(told("identity"), ARRIVED)
    assert news() == News.EVENT
    book.receive(told("identity", revision=2, asked=(Question("inflow"),)), ARRIVED)
    assert news() == News.QUESTION
    book.receive(told("identity", "address", revision=3), ARRIVED)
    assert news() == News.EVENT
    onward = told("identity", teller=A, to=D)
    book.tell(onward)
    assert news() == News.TOLD
    book.tell(replace(onward, asked=(Question("inflow"),), revision=2))
    assert news() == News.QUESTION
    book.tell(replace(onward, revision=3))
    assert news() == News.QUESTION, "what was asked is asked no more"


def test_a_copy_changes_without_the_book(book):
    book.record(ARRIVED)
    twin = book.copy()
    twin.receive(told(ref=OTHER.ref), OTHER)
    assert (twin.holds(OTHER.ref), book.holds(OTHER.ref)) == (True, False)
    assert twin.events_of(Arrived) == [ARRIVED, twin.event(OTHER.ref)]


class TestWhomAnArrivalNames:
    def test_where_the_person_came_from_abroad_the_last_town_here(self):
        abroad = replace(town(B), kind="abroad", code=None, last=D)
        assert (town_of(abroad), town_of(None)) == (D, None)
        assert named_offices(Arrived(kind="main", registration=town(A), origin=abroad)) == {A, D}

    def test_the_stays_that_it_ends_or_continues_by_town_or_by_who_began_them(self):
        listed = Arrived(kind="further", registration=town(A), ends=(StayName(town=D),))
        assert named_offices(listed) == {A, D}
        continued = Arrived(kind="main", registration=town(A), continues=StayName(stay=OTHER.ref))
        assert named_offices(continued) == {A, B}
        both = Arrived(kind="main", registration=None, ends=(StayName(town=D),), continues=StayName(stay=OTHER.ref))
        assert named_offices(both) == {B, D}
