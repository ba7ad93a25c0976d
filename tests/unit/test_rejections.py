"""A rejected message is an open matter with its sender until something ends it (catalogue, rule 8)."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Rejected
from events.catalogue.person import Changed
from exchange.protocol.offices import Offices
from exchange.protocol.view import view
from tests.properties.world import COUNTY
from tests.unit.test_corrected_away import HOME, NEW, OTHER
from tests.unit.test_who_asks import Asking


class Rejecting(Asking):
    """HOME tells NEW, where the person lives, of a change, and NEW cannot read it."""

    def __init__(self) -> None:
        super().__init__()
        self.lives("2026-03-02", NEW)
        self.change = self.record(HOME, Changed(set={"name": "乙"}, ground="own_wish"))
        self.rejected = self.record(NEW, Rejected(notification=self.change, teller=HOME, reason="unreadable"))

    @property
    def ended(self) -> set[str | None]:
        """How it came to rest, by its sender's book and by that of who rejected it."""
        found: set[str | None] = set()
        for office in (HOME, NEW):
            [record] = view(self.world.books[office])
            [each] = record.rejections
            assert (each.by, each.teller, each.notification, each.reason) == (NEW, HOME, self.change, "unreadable")
            found.add(each.ended)
        return found

    def sends_again(self, revision: int) -> None:
        told = self.world.books[HOME].told[self.change, NEW]
        again = replace(told, revision=revision)
        self.world.books[HOME].tell(again)
        self.world.books[NEW].receive(again, self.world.books[HOME].event(self.change))


@pytest.fixture
def story() -> Rejecting:
    return Rejecting()


def test_it_is_open_on_both_sides_and_leaves_the_fact_alone(story):
    assert story.ended == {None}
    held = [story.world.record(office, "P1") for office in (HOME, NEW)]
    assert [record.particulars["name"] for record in held if record is not None] == ["乙", "乙"]
    assert OTHER not in story.world.books


def test_it_ends_where_its_author_takes_it_back(story):
    taken_back = story.record(NEW, Retracted(target=story.rejected))
    assert story.ended == {"taken_back"}
    story.record(NEW, Retracted(target=taken_back))
    assert story.ended == {None}


def test_it_ends_where_the_event_is_amended_which_is_a_message_of_its_own(story):
    other = story.record(HOME, Changed(set={"education": "20"}, ground="other"))
    story.record(HOME, Corrected(target=other, set={"education": "10"}, fields=("education",)))
    assert story.ended == {None}, "another event was"
    story.record(HOME, Corrected(target=story.change, set={"name": "丙"}, fields=("name",)))
    assert story.ended == {"amended"}


def test_what_was_amended_before_it_was_rejected_ends_nothing():
    story = Rejecting()
    story.record(HOME, Corrected(target=story.change, set={"name": "丙"}, fields=("name",)))
    story.record(NEW, Retracted(target=story.rejected))
    story.record(NEW, Rejected(notification=story.change, teller=HOME, reason="incomplete"))
    [record] = view(story.world.books[HOME])
    assert [each.ended for each in record.rejections] == ["taken_back", None]


def test_it_ends_where_the_event_is_sent_again(story):
    story.sends_again(2)
    assert story.ended == {"sent_again"}


def test_that_very_sending_again_is_none(story):
    story.sends_again(1)
    assert story.ended == {None}


def test_it_ends_while_the_office_that_rejected_it_is_closed(story):
    """Nothing is sent to who closed; opened again, it has not taken the message still."""
    for closed, ended in (((NEW,), "closed"), ((HOME,), None), ((), None)):
        for office in (HOME, NEW):
            story.world.books[office].offices = Offices([COUNTY], closed=closed)
        assert story.ended == {ended}
