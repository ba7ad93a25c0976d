"""Each row of EXAMPLES.md has a test of its own: a story that is played, or, where no story can tell it, one here.

A story speaks of what offices record; which message comes first, whose clock is slow, where a dossier lies it does not.
"""

import msgspec
import pytest

from events.catalogue.amendment import Corrected
from events.catalogue.case import Confirmed
from events.catalogue.movement import Arrived, Extended
from events.catalogue.person import Merged, Registered
from events.catalogue.values import CaseRef, town
from events.envelope import Ref
from events.event import Event
from exchange.protocol.book import Delivery
from exchange.protocol.record import Record
from exchange.protocol.shown.sheet import sheet
from tests.properties.reached import ROWS
from tests.properties.world import OFFICES, World
from tests.scenarios.stories import FILES
from tests.unit.test_sheet import A, B, Told

STORIES = {
    1: "contested-same-day",
    2: "retracted-after-moving-on",
    3: "merged-with-open-cases",
    4: "registration-moved-case-open",
    7: "town-succeeded",
    9: "origin-corrected",
    11: "late-arrival-of-an-earlier-day",
    12: "confirmed-then-corrected",
    13: "moved-after-death",
    14: "answer-to-withdrawn-case",
    15: "stranger-by-typing-error",
    16: "unmerged-with-allotment",
    17: "announced-elsewhere",
    18: "joined-with-its-backlog",
}
HERE = {5, 8, 10}


def test_every_row_is_told_by_a_story_or_here():
    assert STORIES.keys() | HERE == ROWS.keys()
    assert set(STORIES.values()) <= {file.stem for file in FILES}


class TestACorrectionBeforeItsTarget:
    """Row 5."""

    @pytest.fixture
    def told(self) -> tuple[Event, Event]:
        home = Told(A)
        first = home.event(
            A, Registered(basis="register", registration=town(A), particulars={"sex": "F"}), "2026-01-01"
        )
        corrected = Corrected(target=first.ref, set={"sex": "M"}, fields=("sex",))
        return first, home.event(A, corrected, "2026-01-02")

    def heard(self, *events: Event) -> Record:
        other = Told(B)
        for event in events:
            told = Delivery(
                ref=event.ref,
                teller=A,
                to=B,
                parts=event.parts,
                kind="update",
                ground="test",
                act=event.frame.submission,
            )
            other.book.receive(told, event)
        return other.record

    def test_a_correction_before_its_target_waits_and_the_record_says_so(self, told):
        _, correction = told
        record = self.heard(correction)
        assert record.incomplete == (correction.ref,)
        assert record.particulars == {}

    def test_a_correction_before_its_target_ends_as_in_the_other_order(self, told):
        first, correction = told
        record = self.heard(correction, first)
        assert (record.incomplete, record.particulars) == ((), {"sex": "M"})
        assert sheet(record) == sheet(self.heard(first, correction))


def moved(world: World, *, settled: bool = True) -> Ref:
    """Registered at the first office, arrived at the third."""
    home, there = OFFICES[0], OFFICES[2]
    who = {"name": "甲", "document.passport": {"number": "E10000001"}}
    world.command(
        world.author(home, "P1", "2026-01-01", Registered(basis="register", registration=town(home), particulars=who))
    )
    world.tick()
    arrival = world.author(there, "P1", "2026-02-01", Arrived(kind="main", registration=town(home), stated=who))
    world.command(arrival)
    if settled:
        world.drain()
    return arrival.ref


def test_an_answer_by_a_slow_clock_follows_its_question():
    """Row 10: by its clock alone, the answer would have been given four minutes before the question."""
    world = World(1, skew=False)
    home, there = OFFICES[0], OFFICES[2]
    world.skew[home] = -240_000_000
    case = CaseRef(moved(world), home, "inflow")
    answer = world.author(home, "P1", "2026-02-02", Confirmed(case=case))
    world.command(answer)
    world.drain()
    assert world.now + world.skew[home] < answer.frame.stamp
    records = [record for office in (home, there) if (record := world.record(office, "P1")) is not None]
    assert [record.cases[case].status for record in records] == ["confirmed", "confirmed"]
    assert [record.facts[case.opening].stamp < answer.frame.stamp for record in records] == [True, True]


@pytest.mark.parametrize("seed", range(10))
def test_one_human_on_two_nodes_lives_on_under_both_ids(seed):
    """Row 8: the keeper that gives its entry up records the merge, and passes on what still comes to it."""
    world = World(seed, nodes=2)
    world.node_of.update({OFFICES[0]: 0, OFFICES[1]: 1, OFFICES[2]: 0})
    home, other, there = OFFICES[:3]
    stay = moved(world)
    case = CaseRef(stay, home, "inflow")
    world.command(world.author(home, "P1", "2026-02-02", Confirmed(case=case)))
    twin = Registered(basis="first_record", registration=town(other), particulars={"name": "甲"})
    world.command(world.author(other, "P2", "2026-01-01", twin))
    world.drain()
    world.command(world.author(home, "P1", "2026-02-03", Merged(other="P2", keeper=other)))
    late = world.author(there, "P1", "2026-02-04", Extended(stay=stay, stay_until="2027-01-01"))
    world.command(late)  # before it hears of the merge
    world.drain()
    records = {office: record for office in (home, other, there) if (record := world.record(office, "P1")) is not None}
    assert {(record.person, set(record.persons) == {"P1", "P2"}, record.keeper) for record in records.values()} == {
        ("P2", True, other)
    }
    assert all(late.ref in record.facts for record in records.values())
    assert records[other].registration == town(other)
    assert {event.person for event in (records[other].facts[late.ref].event, late)} == {"P1"}
    assert msgspec.to_builtins(records[there].open_stays) == msgspec.to_builtins(records[other].open_stays)
