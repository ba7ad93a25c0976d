"""A request that is corrected still asks the one office that may do what it asks: else the correction is refused."""

from __future__ import annotations

from typing import Any

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, EnquiryOpened, RequestOpened
from events.catalogue.fact import Fact
from events.catalogue.jurisdiction import Succeeded
from events.catalogue.movement import Arrived, Left
from events.catalogue.person import Registered
from events.catalogue.values import CaseRef, town
from events.envelope import Ref
from events.errors import Illegal
from exchange.protocol.legality import check
from tests.properties.succession import record as taken_over
from tests.properties.world import OFFICES, World

HOME, NEW, OTHER = OFFICES[:3]
DAY = "2026-03-02"


class Story:
    """Somebody of HOME lives in NEW, and further in OTHER; HOME asks NEW to amend its arrival."""

    def __init__(self) -> None:
        self.world = World(1, skew=False)
        here = Registered(particulars={"name": "甲"}, basis="first_record", registration=town(HOME))
        self.first = self.records(HOME, here)
        self.arrival = self.records(NEW, Arrived(kind="main", registration=town(HOME), opens=True))
        self.further = self.records(OTHER, Arrived(kind="further", registration=town(HOME), opens=True))
        for stay in (self.arrival, self.further):
            self.records(HOME, Confirmed(case=CaseRef(stay, HOME, "inflow")))
        self.request = self.records(HOME, RequestOpened(to=NEW, asks="amendment", about=self.arrival))

    def records(self, office: str, fact: Fact) -> Ref:
        check(fact, DAY, office, self.world.record(office, "P1"))
        event = self.world.author(office, "P1", DAY, fact)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def corrects(self, target: Ref, **changes: Any) -> Ref:
        return self.records(HOME, Corrected(target=target, set=changes, fields=tuple(changes)))

    def named(self, ref: Ref) -> list[str]:
        return [ref.author, ref.id]


@pytest.fixture
def story() -> Story:
    return Story()


def refused(story: Story, target: Ref, **changes: Any) -> tuple[str, str | None]:
    with pytest.raises(Illegal) as error:
        story.corrects(target, **changes)
    return error.value.code, error.value.field


def test_it_asks_about_what_the_office_asked_may_amend(story):
    assert refused(story, story.request, about=story.named(story.further)) == ("not_author", "set.to")
    assert refused(story, story.request, about=story.named(Ref(NEW, "0"))) == ("no_such_event", "set.about")
    story.corrects(story.request, about=story.named(story.further), to=OTHER)
    record = story.world.record(OTHER, "P1")
    assert record is not None
    assert record.cases[CaseRef(story.request, OTHER, "request")].status == "open"


def test_it_asks_whoever_may_do_it(story):
    assert refused(story, story.request, to=OTHER) == ("not_author", "set.to")
    assert refused(story, story.request, asks="change", name="乙") == ("records_itself", "set.to")
    assert refused(story, story.request, asks="stay", about=story.named(story.further)) == ("no_such_stay", "set.to")
    story.corrects(story.request, asks="stay")


def test_so_does_a_correction_of_its_correction(story):
    before = story.corrects(story.request, note="1")
    assert refused(story, before, set={"to": OTHER}) == ("not_author", "set.set.to")
    story.corrects(before, set={"note": "2"})


def test_what_a_correction_said_before_it_was_corrected_is_said_no_more(story):
    """OTHER would have been asked to amend what NEW recorded."""
    before = story.corrects(story.request, about=story.named(story.further), to=OTHER)
    assert refused(story, before, set={"to": OTHER}) == ("not_author", "set.set.to")
    story.corrects(before, set={"about": story.named(story.further), "to": OTHER, "note": "1"})
    story.corrects(before, set={"note": "2"})
    record = story.world.record(HOME, "P1")
    assert record is not None
    asked = record.facts[story.request].payload
    assert isinstance(asked, RequestOpened)
    assert (asked.to, asked.about) == (NEW, story.arrival)


def test_what_a_correction_says_of_itself_changes_nothing_of_what_it_corrects(story):
    before = story.corrects(story.request, note="1")
    story.records(NEW, Retracted(target=story.arrival))
    story.corrects(before, ground="recorded_wrongly")


def test_what_lets_nobody_else_be_asked_is_not_looked_at_again(story):
    story.records(NEW, Retracted(target=story.arrival))
    for changes in ({"note": "1"}, {"urgent": True}, {"effective_on": "2026-03-01"}):
        story.corrects(story.request, **changes)
    assert refused(story, story.request, to=NEW) == ("already_retracted", "set.about")


def test_nor_is_a_correction_taken_back_without_which_it_asks_whom_it_may_not_ask(story):
    """The first one named OTHER, and the second another stay of OTHER, about which NEW would be asked."""
    first = story.corrects(story.request, about=story.named(story.further), to=OTHER)
    story.corrects(story.request, asks="stay")
    also = story.records(OTHER, Left(stay=story.further))
    story.corrects(story.request, asks="amendment", about=story.named(also))
    with pytest.raises(Illegal) as error:
        story.records(HOME, Retracted(target=first))
    assert (error.value.code, error.value.field) == ("earlier_state", "target")
    assert error.value.details == {"refused": "request.not_author"}, "by the rule that it would break"
    story.corrects(first, set={"to": OTHER})


def test_a_retraction_of_the_request_itself_asks_nobody(story):
    story.records(NEW, Retracted(target=story.arrival))
    taken_back = story.records(HOME, Retracted(target=story.request))
    story.records(HOME, Retracted(target=taken_back))


def test_what_is_amended_while_the_request_is_taken_back_is_judged_as_it_would_ask_again(story):
    """It asked nobody just then, and once its retraction was taken back whom it may not ask."""
    before = story.corrects(story.request, note="1")
    taken_back = story.records(HOME, Retracted(target=story.request))
    assert refused(story, before, set={"to": OTHER}) == ("not_author", "set.set.to")
    story.corrects(before, set={"note": "2"})
    story.records(HOME, Retracted(target=taken_back))


def test_nor_one_of_an_enquiry_or_a_request_that_would_ask_its_own_office(story):
    """OTHER had been asked, and HOME took its office over since."""
    enquiry = story.records(HOME, EnquiryOpened(to=OTHER, purpose="residence", consent=True, fields=("name",)))
    right = story.corrects(enquiry, to=NEW)
    story.records(HOME, Retracted(target=right))
    right = story.corrects(enquiry, to=NEW)
    taken_over(story.world, OTHER, Succeeded(to=(HOME,)))
    with pytest.raises(Illegal) as error:
        story.records(HOME, Retracted(target=right))
    assert (error.value.code, error.value.details) == ("earlier_state", {"refused": "not_a_party"})
