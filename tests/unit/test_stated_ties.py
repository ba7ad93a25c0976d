"""Ties as a newcomer states them, beside those that the registration place holds."""

from __future__ import annotations

from typing import Any

import pytest

from events.catalogue.case import Confirmed
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed
from events.catalogue.person import Registered
from events.catalogue.values import CaseRef, Other, TieKind, town
from exchange.protocol.comparing.equal import Comparison, comparison
from exchange.protocol.comparing.stated_ties import tie_deviation
from exchange.protocol.life.kinship import kinship
from tests.properties.world import OFFICES, World

HOME, NEW, HIS = OFFICES[:3]
SHE: dict[str, Any] = {"name": "王小雨", "born_on": "1988-05-02", "document.passport": {"number": "E12345678"}}
HE: dict[str, Any] = {"name": "周文", "born_on": "1985-09-10"}
ANOTHER: dict[str, Any] = {"name": "陈光", "born_on": "1985-09-10"}


class Story:
    """She is registered at home, tied to somebody by id or as stated, and arrives elsewhere stating ties."""

    def __init__(self, tie: TieKind = "spouse", *, by_id: bool = False, held: dict[str, Any] | None = HE) -> None:
        self.world = World(1, skew=False)
        self.does(HOME, "P1", Registered(particulars=SHE, basis="first_record", registration=town(HOME)))
        if by_id:
            self.does(HOME, "P2", Registered(particulars=held or HE, basis="first_record", registration=town(HOME)))
        other = Other(person="P2", at=HOME) if by_id else Other(at=HIS, stated=held or HE)
        self.other = other
        self.tie = tie
        if held is not None:
            self.does(HOME, "P1", TieBegan(tie=tie, other=other, ground="other"))

    def does(self, office: str, person: str, fact: Any, **more: Any) -> Any:
        self.world.tick()
        event = self.world.author(office, person, "2026-03-02", fact, **more)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def states(self, *others: dict[str, Any], tie: TieKind | None = None) -> Story:
        ties = [{"tie": tie or self.tie, "other": other} for other in others]
        stated = {**SHE, "ties": ties}
        self.arrival = self.does(NEW, "P1", Arrived(kind="main", registration=town(HOME), stated=stated, opens=True))
        return self

    def compared(self) -> Comparison:
        record = self.world.record(HOME, "P1")
        assert record is not None
        state = record.cases[CaseRef(self.arrival, HOME, "inflow")]
        return comparison(record, state, kinship(record, self.world.records(HOME)))


def stated(**who: Any) -> dict[str, Any]:
    return {"stated": who}


@pytest.mark.parametrize("by_id", [False, True], ids=["held as stated", "held by id"])
@pytest.mark.parametrize(
    ("said", "differs"),
    [
        (HE, False),
        ({"name": "周文"}, False),
        ({"born_on": "1985"}, False),
        ({"name": "周文", "born_on": "1986-09-10"}, True),
        (ANOTHER, True),
        ({"name": "陈光"}, True),
    ],
    ids=str,
)
def test_a_spouse_is_another_where_anything_known_of_both_differs(by_id, said, differs):
    found = Story(by_id=by_id).states(stated(**said)).compared()
    assert found == (Comparison("differs", ("ties",)) if differs else Comparison("equal"))


def test_the_same_id_is_the_same_human_and_another_one_is_not():
    assert Story(by_id=True).states({"person": "P2"}).compared() == Comparison("equal")
    assert Story(by_id=True).states({"person": "P9"}).compared().fields == ("ties",)


def test_of_whom_nothing_is_known_here_nothing_differs():
    assert Story().states({"person": "P9"}).compared() == Comparison("equal")


def test_that_either_side_holds_less_is_no_difference():
    assert Story(held=None).states(stated(**HE)).compared() == Comparison("equal")
    assert Story().states().compared() == Comparison("equal")
    assert Story().states(stated(**ANOTHER), tie="child").compared() == Comparison("equal")


@pytest.mark.parametrize("tie", ["child", "parent", "guardian", "ward"])
def test_of_several_it_must_be_certain_who_is_meant(tie):
    assert Story(tie).states(stated(**ANOTHER)).compared() == Comparison("equal")
    assert Story(tie).states(stated(name="周文", born_on="1986-09-10")).compared().fields == ("ties",)
    assert Story(tie).states(stated(**HE), stated(**ANOTHER)).compared() == Comparison("equal")


def test_a_tie_that_ended_by_the_keeper_s_record_is_a_difference_where_the_newcomer_states_it():
    story = Story()
    story.does(HOME, "P1", TieEnded(tie="spouse", other=story.other, ground="divorce"))
    assert story.states(stated(**HE)).compared().fields == ("ties",)
    assert Story(held=None).states(stated(**HE)).compared().found == "equal"


def test_what_differs_shows_all_that_either_side_holds():
    story = Story().states(stated(**ANOTHER))
    record = story.world.record(HOME, "P1")
    assert record is not None
    (found,) = tie_deviation(record, {"ties": [{"tie": "spouse", "other": stated(**ANOTHER)}]}, {})
    assert found.field == "ties"
    assert [(each["tie"], each["other"]["stated"]) for each in found.ours] == [("spouse", HE)]
    assert [each["other"]["stated"] for each in found.yours] == [ANOTHER]


@pytest.mark.parametrize("said", [None, "nobody", [{"tie": "cousin", "other": {}}], [{"other": 7}]], ids=repr)
def test_what_nobody_can_read_of_a_foreign_fact_is_compared_with_nothing(said):
    record = Story().world.record(HOME, "P1")
    assert record is not None
    assert tie_deviation(record, {"ties": said}, {}) == ()


def test_an_arrival_that_was_announced_does_not_close_by_itself_where_a_tie_differs():
    for said, status in ((HE, "matched"), (ANOTHER, "open")):
        story = Story()
        story.does(HOME, "P1", Departed(destination=town(NEW)))
        story.states(stated(**said))
        record = story.world.record(HOME, "P1")
        assert record is not None
        assert record.cases[CaseRef(story.arrival, HOME, "inflow")].status == status


def test_a_tie_in_an_open_case_is_under_objection_on_both_sides():
    story = Story().states(stated(**ANOTHER))
    record = story.world.record(HOME, "P1")
    assert record is not None
    found = tie_deviation(record, {"ties": [{"tie": "spouse", "other": stated(**ANOTHER)}]}, {})
    story.does(HOME, "P1", Confirmed(case=CaseRef(story.arrival, HOME, "inflow"), deviations=found))
    for office in (HOME, NEW):
        seen = story.world.record(office, "P1")
        assert seen is not None
        assert "ties" in seen.objected
