"""Who was told of somebody for the sake of a person whose office it was taken for by an error keeps nothing of both."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan
from events.catalogue.movement import Arrived
from events.catalogue.person import Merged, Registered, Unmerged
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import Other, town
from events.envelope import Ref
from exchange.protocol.shown.sheet import roles, state
from tests.properties.world import OFFICES, World

HERS, HIS, WRONG, RIGHT = OFFICES[:4]
SHE, HE, STRANGER = "P1", "P2", "P3"
NOTHING = ((), "withdrawn", None)
FAMILY = (("family",), "open", "乙")


class Story:
    """HIS keeps HE, HERS keeps SHE, and they are married."""

    def __init__(self) -> None:
        self.world = World(1, skew=False)
        self.enters(HERS, SHE, "甲")
        self.enters(HIS, HE, "乙")
        for office, person, spouse, at in ((HERS, SHE, HE, HIS), (HIS, HE, SHE, HERS)):
            tie = TieBegan(tie="spouse", other=Other(person=spouse, at=at), ground="marriage")
            self.record(office, person, tie)

    def record(self, office: str, person: str, fact: Fact) -> Ref:
        event = self.world.author(office, person, "2026-03-02", fact)
        self.world.command(event)
        self.world.drain()
        return event.ref

    def enters(self, office: str, person: str, name: str) -> Ref:
        entry = Registered(particulars={"name": name}, basis="first_record", registration=town(office))
        return self.record(office, person, entry)

    def moves(self, to: str, by: str = HERS) -> Ref:
        return self.record(by, SHE, RegistrationChanged(from_=town(by), to=town(to), ground="moved"))

    def of_him(self, office: str) -> tuple[tuple[str, ...], str, str | None]:
        """His roles, state and name, as the office shows them."""
        record = self.world.record(office, HE)
        assert record is not None
        return roles(record), state(record), record.particulars.get("name")


@pytest.fixture
def story() -> Story:
    return Story()


def test_a_move_taken_back_takes_with_it_who_the_spouse_is(story):
    moved = story.moves(WRONG)
    assert story.of_him(WRONG) == FAMILY
    taken_back = story.record(HERS, SHE, Retracted(target=moved))
    assert story.of_him(WRONG) == NOTHING
    story.record(HERS, SHE, Retracted(target=taken_back))
    assert story.of_him(WRONG) == FAMILY


def test_so_does_a_move_corrected_to_another_town_and_back(story):
    moved = story.moves(WRONG)
    first = story.record(HERS, SHE, Corrected(target=moved, set={"to": town(RIGHT)}, fields=("to",)))
    assert (story.of_him(WRONG), story.of_him(RIGHT)) == (NOTHING, FAMILY)
    story.record(HERS, SHE, Retracted(target=first))
    assert (story.of_him(WRONG), story.of_him(RIGHT)) == (FAMILY, NOTHING)


def test_who_kept_her_rightly_for_a_while_keeps_what_it_was_told(story):
    story.moves(WRONG)
    story.moves(RIGHT, by=WRONG)
    assert story.of_him(WRONG)[2] == "乙"


def test_the_town_where_she_mainly_lives_by_now_keeps_it(story):
    moved = story.moves(WRONG)
    story.record(WRONG, SHE, Arrived(kind="main", registration=town(WRONG), stated={"name": "甲"}))
    story.record(HERS, SHE, Retracted(target=moved))
    assert story.of_him(WRONG)[2] == "乙"


def test_the_keeper_of_a_stranger_with_whom_she_was_merged_is_no_office_of_hers(story):
    story.enters(WRONG, STRANGER, "丙")
    merge = story.record(HERS, SHE, Merged(other=STRANGER, keeper=WRONG))
    assert story.of_him(WRONG) == FAMILY
    story.record(HERS, SHE, Unmerged(other=STRANGER, merge=merge))
    assert story.of_him(WRONG) == NOTHING
    assert story.of_him(HERS) == FAMILY
