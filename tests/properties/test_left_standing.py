"""What stands beside a first registration that was taken back, heard of before that or not (P4)."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.case import Confirmed
from events.catalogue.movement import Arrived
from events.catalogue.person import Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, town
from tests.properties.test_histories import faults_of
from tests.properties.world import OFFICES, World

KEEPS, HERE, MOVES_TO = OFFICES[:3]


@pytest.mark.parametrize("heard", [False, True])
@pytest.mark.parametrize("seed", range(6))
def test_an_arrival_goes_on_where_another_office_opened_the_dossier(seed: int, *, heard: bool):
    """It lives in the second town, which took its entry for the first: that was an error, the arrival was none."""
    world = World(seed, nodes=1 + seed % 2)
    first = Registered(basis="first_record", registration=town(KEEPS), particulars={"name": "甲"})
    world.command(world.author(KEEPS, "P1", "2026-01-01", first))
    world.tick()
    second = world.author(HERE, "P1", "2026-01-01", Registered(basis="first_record", registration=town(HERE)))
    world.command(second)
    arrival = world.author(HERE, "P1", "2026-01-06", Arrived(kind="main", opens=False))
    world.command(arrival)
    if heard:
        world.drain()
    world.command(world.author(HERE, "P1", "2026-01-07", Retracted(target=second.ref)))
    world.drain()
    case = CaseRef(arrival.ref, KEEPS, "inflow")
    world.command(world.author(KEEPS, "P1", "2026-01-08", Confirmed(case=case)))
    world.drain()
    assert faults_of(world) == []
    records = [world.record(office, "P1") for office in (KEEPS, HERE)]
    assert [(r.keeper, r.withdrawn, [s.id for s in r.open_stays]) for r in records if r is not None] == [
        (KEEPS, False, [arrival.ref])
    ] * 2


@pytest.mark.parametrize("asked", [False, True])
def test_so_it_does_where_the_registration_moves_before_that_office_has_answered(*, asked: bool):
    """Who was asked is asked on, as of any arrival: else nobody was, and only its own office did not see the stay."""
    world = World(1, skew=False)
    first = world.author(KEEPS, "P1", "2026-01-01", Registered(basis="first_record", registration=town(KEEPS)))
    second = world.author(HERE, "P1", "2026-01-01", Registered(basis="first_record", registration=town(HERE)))
    arrival = world.author(HERE, "P1", "2026-01-06", Arrived(kind="main", opens=False))
    for said in (first, second, arrival):
        world.command(said)
    world.command(world.author(HERE, "P1", "2026-01-07", Retracted(target=second.ref)))
    if asked:
        world.drain()
    moves = RegistrationChanged(from_=town(KEEPS), to=town(MOVES_TO), ground="moved", previous=first.ref)
    world.command(world.author(KEEPS, "P1", "2026-01-08", moves))
    world.drain()
    case = CaseRef(arrival.ref, KEEPS if asked else MOVES_TO, "inflow")
    world.command(world.author(case.asked, "P1", "2026-01-09", Confirmed(case=case)))
    world.drain()
    assert faults_of(world) == []
    records = [world.record(office, "P1") for office in (HERE, MOVES_TO)]
    assert [(r.keeper, r.withdrawn, [s.id for s in r.open_stays]) for r in records if r is not None] == [
        (MOVES_TO, False, [arrival.ref])
    ] * 2


@pytest.mark.parametrize("kept", [False, True])
def test_only_whom_a_document_finds_is_asked_on(*, kept: bool):
    """Whom the arrival names is asked nothing of a person who is withdrawn, nor is the place that it left."""
    world = World(1, skew=False)
    entry = world.author(HERE, "P1", "2026-01-01", Registered(basis="first_record", registration=town(HERE)))
    world.command(entry)
    said = {"registration": None, "origin": town(MOVES_TO)} if kept else {"registration": town(KEEPS)}
    arrival = world.author(HERE, "P1", "2026-01-06", Arrived(kind="main", opens=False, **said))
    world.command(arrival)
    world.drain()
    if kept:
        first = Registered(basis="first_record", registration=town(KEEPS))
        world.command(world.author(KEEPS, "P1", "2026-01-06", first))
    world.command(world.author(HERE, "P1", "2026-01-07", Retracted(target=entry.ref)))
    world.drain()
    record = world.record(HERE, "P1")
    assert record is not None
    assert record.withdrawn
    asked = {(ref.asked, ref.kind): case.status for ref, case in record.cases.items() if ref.opening == arrival.ref}
    assert asked == (
        {(KEEPS, "inflow"): "open", (MOVES_TO, "moved-on"): "withdrawn"} if kept else {(KEEPS, "inflow"): "withdrawn"}
    )
