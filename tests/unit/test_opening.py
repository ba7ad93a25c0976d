"""Which arrivals open a dossier: whose author knows of nobody who keeps the person, by that one's own word."""

from events.catalogue.case import Confirmed
from events.catalogue.movement import Arrived
from events.catalogue.person import Registered
from events.catalogue.values import CaseRef, town
from events.event import Event
from exchange.commands.complete import complete
from tests.properties.world import OFFICES, World

NAMED, ASKS = OFFICES[:2]


def opens(world: World) -> bool:
    """Whether an arrival opens that the office named records now."""
    content = complete("movement.arrived", {"kind": "main"}, NAMED, world.record(NAMED, "P1"))
    return bool(content["opens"])


def said(world: World, office: str, fact: Arrived | Confirmed | Registered) -> Event:
    event = world.author(office, "P1", "2026-03-02", fact)
    world.command(event)
    world.drain()
    return event


def arrives(world: World) -> Event:
    stated = {"name": "王小雨", "born_on": "1988-05-02"}
    return said(world, ASKS, Arrived(kind="main", registration=town(NAMED), stated=stated, opens=True))


def test_whoever_another_takes_for_the_keeper_opens_by_recording_an_arrival_itself():
    """It agreed to nothing; where it opened nothing, nobody would, and whoever keeps the person heard of neither."""
    world = World(1, skew=False)
    arrives(world)
    assert opens(world)


def test_once_it_has_agreed_the_dossier_stands():
    world = World(1, skew=False)
    opening = arrives(world)
    said(world, NAMED, Confirmed(case=CaseRef(opening.ref, NAMED, "inflow")))
    assert not opens(world)


def test_a_keeper_by_its_own_entry_opens_nothing_twice():
    world = World(1, skew=False)
    said(world, NAMED, Registered(basis="first_record", registration=town(NAMED)))
    assert not opens(world)
