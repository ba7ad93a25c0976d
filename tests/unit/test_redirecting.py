"""A redirect that is taken back, or corrected: whom it named is asked no more, and keeps nothing."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Redirected
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived
from events.catalogue.values import CaseRef, town
from events.envelope import Ref
from tests.properties.world import OFFICES, World

HOME, NEW, OTHER, THIRD = OFFICES[:4]


class Story:
    """Somebody arrives in NEW and names HOME, which says by mistake that OTHER is to be asked."""

    def __init__(self) -> None:
        self.world = World(1, skew=False)
        arrived = Arrived(kind="main", registration=town(HOME), stated={"name": "甲"}, opens=True)
        self.arrival = self.record(NEW, arrived)
        self.redirect = self.record(HOME, Redirected(case=CaseRef(self.arrival, HOME, "inflow"), to=OTHER))

    def record(self, office: str, fact: Fact) -> Ref:
        event = self.world.author(office, "P1", "2026-03-02", fact)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def at(self, office: str, asked: str) -> str:
        record = self.world.record(office, "P1")
        assert record is not None
        return record.cases[CaseRef(self.arrival, asked, "inflow")].status

    def both(self, asked: str) -> str:
        """The state, the same for the office asked and for the asker."""
        (found,) = {self.at(office, asked) for office in (NEW, asked)}
        return found

    def knows(self, office: str) -> bool:
        return "identity" in self.world.books[office].parts(self.arrival)


@pytest.fixture
def story() -> Story:
    return Story()


def test_whom_the_redirect_names_is_asked_and_knows_whom_about(story):
    assert (story.both(HOME), story.both(OTHER)) == ("redirected", "open")
    assert story.knows(OTHER)


def test_taken_back_it_asks_nobody_but_the_office_asked_first(story):
    story.record(HOME, Retracted(target=story.redirect))
    assert (story.both(HOME), story.both(OTHER)) == ("open", "withdrawn")
    assert not story.knows(OTHER)


def test_corrected_it_asks_the_office_that_was_meant_and_no_other(story):
    story.record(HOME, Corrected(target=story.redirect, set={"to": THIRD}, fields=("to",)))
    assert (story.both(OTHER), story.both(THIRD)) == ("withdrawn", "open")
    assert (story.knows(OTHER), story.knows(THIRD)) == (False, True)


def test_after_all_right_it_asks_again(story):
    taken_back = story.record(HOME, Retracted(target=story.redirect))
    story.record(HOME, Retracted(target=taken_back))
    assert (story.both(HOME), story.both(OTHER)) == ("redirected", "open")
    assert story.knows(OTHER)
