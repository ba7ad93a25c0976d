"""One random history: commands, settlements and an unreliable wire, drained at the end; and the same facts again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from events.envelope import Ref
from exchange.protocol.duties import RULES, Rule
from tests.properties.areas import Areas
from tests.properties.closings import Closings, closes
from tests.properties.commands import PERSONS, Commands
from tests.properties.enquiries import Enquiries
from tests.properties.households import Households
from tests.properties.moved_by_error import MovedByError
from tests.properties.opened_by_error import OpenedByError
from tests.properties.reviews import Reviews
from tests.properties.succession import Successions, repeated
from tests.properties.world import OFFICES, World

# How many a whole run of the tests takes.
HISTORIES = 5000


def history(
    seed: int,
    *,
    nodes: int = 1,
    steps: int = 25,
    persons: int = 2,
    rules: Mapping[str, Rule] = RULES,
    left_out: frozenset[str] = frozenset(),
    overseen: bool | None = None,
    closing: bool | None = None,
) -> tuple[World, Commands]:
    """A drained world after `steps` attempts at a command. `overseen`: the county speaks, too; `closing`: offices
    close; None: as of the seed.
    """
    world = World(seed, nodes, rules=rules, left_out=left_out, confirm_equal=confirms(seed))
    commands = Commands(world, PERSONS[:persons])
    successions = Successions(world, commands.persons)
    enquiries, reviews = Enquiries(world, commands), Reviews(world, commands)
    households, moved_by_error = Households(world, commands), MovedByError(world, commands)
    opened_by_error = OpenedByError(world, commands)
    areas, closings = Areas(world, commands), Closings(world)
    moments = successions.moments(steps)
    for step in range(steps):
        if step in moments:
            successions.draw(moments[step])
        commands.step()
        enquiries.step()
        reviews.step()
        households.step()
        moved_by_error.step()
        opened_by_error.step()
        if oversees(seed) if overseen is None else overseen:
            areas.step()
        if closes(seed) if closing is None else closing:
            closings.step()
        if world.random.random() < 0.6:
            world.settle(world.random.randrange(nodes))
        for _ in range(world.random.randrange(3)):
            world.deliver_one()
    world.drain()
    closings.end()
    commands.counts["asked of who closed"] = closings.asked
    return world, commands


def confirms(seed: int) -> bool:
    """Whether cases in which the person is certainly the same are confirmed by themselves, in this seed's history.

    None of these is repeated in another order: what can be confirmed hangs on what is known when (decision 0008).
    """
    return seed % 8 == 7


def oversees(seed: int) -> bool:
    """Whether the county above all offices requests and enquires in this seed's history."""
    return seed % 7 == 3


class Shape(TypedDict):
    """The sizes of a history."""

    nodes: int
    steps: int
    persons: int


def shape(seed: int) -> Shape:
    """Nodes, steps and persons of the history with this seed: small ones, and now and then a large one."""
    return {
        "nodes": (1, 2, 5, 3)[seed % 4],
        "steps": (20, 25, 30, 35)[seed // 4 % 4],
        "persons": (1, 2, 2, 3)[seed // 16 % 4],
    }


def again(world: World, seed: int, nodes: int) -> World | None:
    """The same authored events in another order of deliveries, over another split into nodes (P4, P12).

    An event is released once its author knows what it had known. None where that never comes to be: what was told
    only because of the order could not be known here.
    """
    other = World(seed, nodes, OFFICES, confirm_equal=world.confirm_equal)
    repeated(world, other)
    waiting = list(world.authored)
    idle = 0
    while waiting and idle < 3:
        ready = []
        blocked: set[str] = set()
        for authored in waiting:
            office = other.directory.author(authored.event)
            held = other.books[office].holds if office in other.books else frozenset[Ref]().__contains__
            if office not in blocked and all(map(held, authored.knew)):
                ready.append(authored)
            blocked.add(office)
        if not ready:
            other.drain()
            idle += 1
            continue
        idle = 0
        chosen = other.random.choice(ready)
        waiting.remove(chosen)
        other.now = max(other.now, chosen.event.frame.stamp)
        other.book(other.directory.author(chosen.event)).record(chosen.event)
        if other.random.random() < 0.5:
            other.settle(other.random.randrange(nodes))
        for _ in range(other.random.randrange(3)):
            other.deliver_one()
    if waiting:
        return None
    other.drain()
    return other
