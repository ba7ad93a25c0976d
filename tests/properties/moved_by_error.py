"""Registrations moved by error while somebody is tied to the person: told on, and then corrected to another town or
taken back.
"""

from __future__ import annotations

import random

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import Other, TieKind, town
from events.envelope import Ref
from events.errors import Illegal
from exchange.protocol.legality import check
from exchange.protocol.record import Record
from tests.properties.commands import Commands
from tests.properties.world import World

DAYS = ("2026-01-06", "2026-01-11", "2026-01-16")


class MovedByError:
    """Drawn apart, and in every third history alone, so that it changes no draw of any other."""

    def __init__(self, world: World, commands: Commands) -> None:
        self.world = world
        self.commands = commands
        self.random = random.Random(f"moved by error {world.seed}")
        self.moved: tuple[str, Ref] | None = None  # by whom, and what

    def step(self) -> None:
        """Now and then the move; a while later its amendment."""
        if self.world.seed % 3 != 1 or self.random.random() > 0.35:
            return
        if self.moved is not None:
            self._amend(*self.moved)
            return
        for office in self.random.sample(self.world.offices, len(self.world.offices)):
            record = self.world.record(office, self.random.choice(self.commands.persons))
            if record is not None and record.keeper == office and self._tied(office, record):
                self._move(office, record)
                return

    def _tied(self, office: str, record: Record) -> bool:
        """Whether the person is tied to another, if need be because the office says so now."""
        if any(tie.other.person is not None for tie in record.ties_in_force):
            return True
        persons = (p for p in self.commands.persons if p not in record.persons)
        others = [found for p in persons if (found := self.world.record(office, p)) is not None and found.keeper]
        if not others:
            return False
        other = self.random.choice(others)
        kinds: tuple[TieKind, ...] = ("spouse", "child", "parent")
        began = TieBegan(
            tie=self.random.choice(kinds), other=Other(person=other.person, at=other.keeper), ground="other"
        )
        return self._record(office, record, began) is not None

    def _move(self, office: str, record: Record) -> None:
        to = self.random.choice([each for each in self.world.offices if each != office])
        made = self._record(office, record, RegistrationChanged(from_=town(office), to=town(to), ground="moved"))
        if made is not None:
            self.moved = (office, made)
            self._count("moved by error")

    def _amend(self, office: str, move: Ref) -> None:
        self.moved = None
        records = (self.world.record(office, person) for person in self.commands.persons)
        record = next((each for each in records if each is not None and move in each.facts), None)
        if record is None or record.facts[move].void:
            return
        to = {"kind": "town", "code": self.random.choice(self.world.offices)}
        corrected = Corrected(target=move, set={"to": to}, fields=("to",))
        fact = corrected if self.random.random() < 0.6 else Retracted(target=move)
        subject = record.facts[move].event.person
        if self._record(office, record, fact, subject) is not None:
            self._count("moved by error, corrected" if fact is corrected else "moved by error, taken back")

    def _record(self, office: str, record: Record, fact: Fact, person: str | None = None) -> Ref | None:
        day = self.random.choice(DAYS)
        try:
            check(fact, day, office, record)
        except Illegal:
            return None
        made = self.world.author(office, person or record.person, day, fact)
        self.world.command(made)
        return made.ref

    def _count(self, name: str) -> None:
        self.commands.counts[name] = self.commands.counts.get(name, 0) + 1
