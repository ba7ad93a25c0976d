"""Offices that end in the middle of a stored history, by the same command as in life, with its process killed."""

from __future__ import annotations

import msgspec

from events.catalogue import content_of
from events.catalogue.fact import Fact
from events.catalogue.jurisdiction import Closed, Opened, Succeeded
from exchange.access.caller import Caller
from exchange.clock import day_of
from exchange.commands.act import Result
from exchange.commands.jurisdiction import record_office
from exchange.node import Node
from tests.properties.mirror import Mirror
from tests.properties.stored import Sent
from tests.properties.succession import Successions
from tests.properties.world import COUNTY

OPERATOR = Caller(COUNTY, "operator", frozenset({"operator"}))


def ends(seed: int) -> bool:
    """Whether an office ends in the stored history with this seed: the last on its store, which then has one less."""
    return seed % 10 == 9


def closes(seed: int) -> bool:
    """Whether offices close in it, which open again before it is over."""
    return seed % 10 == 6


class Endings(Successions):
    """Offices that end in the middle of a stored history, by the same command as in life."""

    def __init__(self, world: Mirror, commands: Sent) -> None:
        super().__init__(world, ())
        self.commands = commands

    def draw(self, kind: str) -> None:
        """Whom the office holds may be allotted, and nobody else."""
        self.persons = self.commands.persons
        super().draw(kind)

    def record(self, office: str, fact: Fact) -> None:
        """On the node, as often as its process ends; then in the model, with all that the node made of it."""
        ground, world = self.commands.ground, self.world
        if isinstance(fact, Succeeded):
            held = {event.person for event in world.books[office].events()} if office in world.books else set()
            given = {person: heir for person, heir in fact.allotment.items() if person in held}
            fact = Succeeded(to=fact.to, allotment=given)
            self.commands.mirror.marked |= held
        elif isinstance(fact, Closed | Opened):  # whoever is asked from then on, or is no more, is found out by reading
            self.commands.mirror.marked |= {e.person for book in world.books.values() for e in book.events()}
        id_, day = self.commands.new_id(), day_of(ground.now).isoformat()
        content = {k: v for k, v in msgspec.to_builtins(content_of(fact)).items() if k != "from"}

        def work(node: Node) -> Result:
            return record_office(node, OPERATOR, office, fact.type, day, content, id_)

        ground.does(work, self.commands.killed_at())
        self.commands.counts[fact.type] = self.commands.counts.get(fact.type, 0) + 1
        super().record(office, fact)
