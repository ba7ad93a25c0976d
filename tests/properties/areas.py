"""The county above all offices requests changes and amendments of them, and decides on what they answer."""

from __future__ import annotations

import random

from events.catalogue.amendment import Retracted
from events.catalogue.case import Noted, Reopened, RequestOpened, Settled, Withdrawn
from events.catalogue.fact import Fact
from events.errors import Illegal
from exchange.protocol.legality import check
from exchange.protocol.record import Record
from tests.properties.commands import Commands
from tests.properties.world import COUNTY, World

DAY = "2026-03-02"


class Areas:
    """Asks, as a supervisor may by the book of the office asked; drawn apart, so that it changes no other draw."""

    def __init__(self, world: World, commands: Commands) -> None:
        self.world = world
        self.commands = commands
        self.random = random.Random(f"areas {world.seed}")
        world.skew.setdefault(COUNTY, 0)

    def step(self) -> None:
        """A request now and then, or a word in the case of one."""
        if self.random.random() > 0.08:
            return
        own = [record for record in self.world.records(COUNTY) if record.facts]
        if own and self.random.random() < 0.5:
            self._speaks(self.random.choice(own))
        else:
            self._requests()

    def _requests(self) -> None:
        office = self.random.choice([each for each in self.world.offices if each not in self.world.gone])
        held = [r for r in self.world.records(office) if r.holds and not (r.withdrawn or r.only_asked)]
        if not held:
            return
        record = self.random.choice(held)
        own = [s.ref for s in record.facts.values() if s.author == office]
        fact = RequestOpened(to=office, asks="change", wanted={"name": "戊"})
        if own and self.random.random() < 0.6:
            fact = RequestOpened(to=office, asks="amendment", about=self.random.choice(own))
        self._says(fact, record, record.person)

    def _speaks(self, record: Record) -> None:
        cases = [state for state in record.cases.values() if state.asker == COUNTY]
        if cases:
            state = self.random.choice(cases)
            asked = record.facts[state.ref.opening].event.person
            said = self.random.choice([
                Settled(case=state.ref, whole="insisted"),
                Noted(case=state.ref, text="?"),
                Reopened(case=state.ref, reason="doubt"),
                Withdrawn(case=state.ref, ground="found"),
                Retracted(target=state.ref.opening),
            ])  # fmt: skip
            self._says(said, record, asked if isinstance(said, Retracted) else record.person)

    def _says(self, fact: Fact, record: Record, person: str) -> None:
        try:
            check(fact, DAY, COUNTY, record)
        except Illegal:
            return
        self.world.command(self.world.author(COUNTY, person, DAY, fact))
        word = "an area requested" if isinstance(fact, RequestOpened) else "an area replied"
        self.commands.counts[word] = self.commands.counts.get(word, 0) + 1
