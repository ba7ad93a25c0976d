"""What is stated of a day is compared with what held on it: what changed in the world later was right then."""

from __future__ import annotations

from typing import Any

import pytest

from events.catalogue.amendment import Corrected
from events.catalogue.case import Confirmed
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived
from events.catalogue.person import Changed, Deceased, Registered
from events.catalogue.values import CaseRef, Deviation, Other, town
from events.envelope import Ref
from exchange.protocol.comparing.agreement import findings
from exchange.protocol.comparing.equal import Comparison, certainly_same, comparison, found_later
from exchange.protocol.record import CaseState, Record
from tests.properties.world import OFFICES, World

HOME, NEW = OFFICES[:2]
OLD, RENEWED, NEWEST = ({"number": number} for number in ("E12345678", "E23456789", "E34567890"))
HELD: dict[str, Any] = {"name": "王小雨", "born_on": "1988-05-02", "sex": "F", "document.passport": OLD}
ARRIVED, BEFORE, AFTER, LATER = "2026-03-02", "2026-02-01", "2026-04-01", "2026-05-01"


class Story:
    """Somebody of HOME arrives in NEW on the 2nd of March; HOME answers in May."""

    def __init__(self, **held: Any) -> None:
        self.world = World(1, skew=False)
        particulars = {**HELD, **held}
        self.entry = self.record(
            "2020-01-01", Registered(particulars=particulars, basis="first_record", registration=town(HOME))
        )

    def record(self, day: str, fact: Fact, office: str = HOME) -> Ref:
        event = self.world.author(office, "P1", day, fact)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def arrives(self, **stated: Any) -> None:
        said = {**HELD, **stated}
        ref = self.record(ARRIVED, Arrived(kind="main", registration=town(HOME), stated=said, opens=True), NEW)
        self.case = CaseRef(ref, HOME, "inflow")

    def seen(self, office: str = HOME) -> Record:
        record = self.world.record(office, "P1")
        assert record is not None
        return record

    @property
    def state(self) -> CaseState:
        return self.seen().cases[self.case]

    def compared(self) -> Comparison:
        return comparison(self.seen(), self.state, {})


@pytest.fixture
def story() -> Story:
    return Story()


@pytest.mark.parametrize("stated", [OLD, RENEWED, NEWEST], ids=lambda each: each["number"])
def test_a_number_that_was_held_on_the_day_or_since_is_no_difference(story, stated):
    story.arrives(**{"document.passport": stated})
    for day, number in ((AFTER, RENEWED), (LATER, NEWEST)):
        story.record(day, Changed(set={"document.passport": number}))
    assert story.compared() == Comparison("equal")
    assert certainly_same(story.seen(), story.state, {}), "the document says who it is"


def test_one_that_was_over_by_then_is_a_difference(story):
    story.arrives()
    story.record(BEFORE, Changed(set={"document.passport": RENEWED}))
    assert story.compared() == Comparison("differs", ("document.passport",))


def test_one_that_was_recorded_wrongly_was_never_right(story):
    """A correction holds from the first day: who stated the wrong number stated a wrong one."""
    story.arrives()
    fields = ("particulars",)
    story.record(
        LATER, Corrected(target=story.entry, set={"particulars": {**HELD, "document.passport": RENEWED}}, fields=fields)
    )
    assert story.compared() == Comparison("differs", ("document.passport",))


def test_whoever_married_later_was_not_married_then(story):
    story.arrives(marital_status="10")
    story.record(AFTER, TieBegan(tie="spouse", other=Other(stated={"name": "李明"}), ground="marriage"))
    story.record(LATER, Confirmed(case=story.case))
    assert (story.state.status, story.seen().particulars["marital_status"]) == ("confirmed", "20")
    assert story.seen(NEW).particulars["marital_status"] == "20", "the keeper's statement of today"
    assert {found.state for found in findings({office: (story.seen(office),) for office in (HOME, NEW)})} == {"equal"}


def test_whose_marriage_ended_later_was_married_then(story):
    other = Other(stated={"name": "李明", "born_on": "1987-01-01"})
    story.record(BEFORE, TieBegan(tie="spouse", other=other, ground="marriage"))
    story.arrives(ties=[{"tie": "spouse", "other": {"stated": {"name": "李明"}}}])
    story.record(AFTER, TieEnded(tie="spouse", other=other, ground="divorce"))
    assert story.compared() == Comparison("equal")


def test_so_it_is_of_what_comes_after_the_answer(story):
    """Sex and the like are told only once the office asked has confirmed."""
    story = Story(education="60")
    story.arrives(education="60")
    story.record(AFTER, Changed(set={"education": "20"}))
    story.record(LATER, Confirmed(case=story.case))
    assert found_later(story.seen(), story.state) == ()
    other = Story(education="60")
    other.arrives(education="30")
    other.record(AFTER, Changed(set={"education": "20"}))
    other.record(LATER, Confirmed(case=other.case))
    assert other.state.deviations == (Deviation("education", "20", "30"),)


@pytest.mark.parametrize(("died", "found"), [(AFTER, "equal"), (ARRIVED, "differs"), (BEFORE, "differs")])
def test_who_died_after_arriving_has_arrived(story, died, found):
    story.arrives()
    story.record(died, Deceased())
    assert story.compared().found == found


def test_and_the_town_knows_of_the_death(story):
    story.arrives()
    story.record(AFTER, Deceased())
    story.record(LATER, Confirmed(case=story.case))
    assert (story.seen(NEW).died_on, story.seen(NEW).open_stays) == (AFTER, ())
