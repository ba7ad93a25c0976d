"""Two offices, each keeper of one entry by its own book, give it up for different ones before either hears of it."""

from __future__ import annotations

import pytest

from events.catalogue.person import Merged, Registered
from events.catalogue.values import town
from tests.properties.test_histories import faults_of, p1_views
from tests.properties.world import OFFICES, World

KEPT = ("P1", "P2", "P3")


def world_of(seed: int) -> World:
    """Three offices, each with a person of its own; the first person is registered at the second office, too."""
    world = World(seed, nodes=3)
    for office, person in zip(OFFICES, KEPT, strict=False):
        registered = Registered(basis="first_record", registration=town(office), particulars={"name": "甲"})
        world.command(world.author(office, person, "2026-01-01", registered))
        world.tick()
    again = Registered(basis="first_record", registration=town(OFFICES[1]), particulars={"name": "甲"})
    world.command(world.author(OFFICES[1], "P1", "2026-01-01", again))
    return world


@pytest.mark.parametrize("seed", range(40))
def test_everybody_who_is_told_ends_with_one_person_of_three_ids(seed: int):
    world = world_of(seed)
    for office, other, keeper in ((OFFICES[0], "P2", OFFICES[1]), (OFFICES[1], "P3", OFFICES[2])):
        world.command(world.author(office, "P1", "2026-02-01", Merged(other=other, keeper=keeper)))
        world.tick()
    world.drain()
    assert [*faults_of(world), *p1_views(world)] == []
    joined = [record for office in OFFICES for record in world.records(office) if set(record.persons) >= {*KEPT}]
    assert {(record.person, record.keeper) for record in joined} == {("P2", OFFICES[1])}
