"""Dossiers opened by error: an office enters somebody, or records an arrival, says more of the person beside that, and
takes back what opened the dossier alone.
"""

from __future__ import annotations

import random

from events.catalogue.amendment import Retracted
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan
from events.catalogue.movement import Arrived, Departed, Left, Returned
from events.catalogue.person import Changed, Deceased, Protected, Registered
from events.catalogue.values import ABROAD, Other, town
from events.envelope import Ref
from events.errors import Illegal
from exchange.protocol.legality import check
from tests.properties.commands import Commands
from tests.properties.world import OUTSIDE, World

DAYS = ("2026-01-06", "2026-01-11", "2026-01-16")


class OpenedByError:
    """Drawn apart, and in every fortieth history alone, so that it changes no draw of any other."""

    def __init__(self, world: World, commands: Commands) -> None:
        self.world = world
        self.commands = commands
        self.random = random.Random(f"opened by error {world.seed}")
        self.opened: tuple[str, str, Ref] | None = None  # by whom, whose dossier, and by what

    def step(self) -> None:
        """Now and then the opening; then something beside it, once or twice; then it is taken back: often before
        anybody heard of any of it.
        """
        if self.world.seed % 40 != 6 or self.random.random() > 0.5:
            return
        if self.opened is None:
            self._open()
        while self.opened is not None:
            self._go_on(*self.opened)
            if self.random.random() < 0.3:
                return

    def _go_on(self, office: str, person: str, opening: Ref) -> None:
        if self.random.random() < 0.6:
            beside = self._beside(office, person)
            if self._record(office, person, beside) is not None:
                self._count(f"beside what opened a dossier by error: {beside.type}")
            return
        self.opened = None
        if self._record(office, person, Retracted(target=opening)) is not None:
            self._count("opened by error, taken back")

    def _open(self) -> None:
        person = self.random.choice(self.commands.persons)
        kept = any((r := self.world.record(o, person)) is not None and r.keeper == o for o in self.world.offices)
        strangers = [o for o in self.world.offices if self.world.record(o, person) is None]
        if not kept or not strangers:
            return
        office = self.random.choice(strangers)
        who = {"name": "甲", **self.commands.own_document(person)}
        entry = Registered(basis="first_record", registration=town(office), particulars=who)
        arrival = Arrived(kind="further", registration=town(OUTSIDE), stated=who, opens=True)
        made = self._record(office, person, self.random.choice((entry, arrival)))
        self.opened = (office, person, made) if made is not None else None

    def _beside(self, office: str, person: str) -> Fact:
        record = self.world.record(office, person)
        stays = [stay.id for stay in record.open_stays if stay.office == office] if record is not None else []
        facts: list[Fact] = [
            Returned(address="home"),
            Returned(address="home"),
            Departed(destination=self.random.choice((ABROAD, town(self.random.choice(self.world.offices))))),
            Arrived(kind=self.random.choice(("main", "further")), stated={"name": "甲"}),
            Changed(set={"name": "乙"}),
            Deceased(),
            Protected(ground="threat"),
            TieBegan(
                tie="child",
                other=Other(stated={"name": "子"}, at=self.random.choice(self.world.offices)),
                ground="birth",
            ),
            *(Left(stay=stay, basis="own_word") for stay in stays),
        ]
        return self.random.choice(facts)

    def _record(self, office: str, person: str, fact: Fact) -> Ref | None:
        day = self.random.choice(DAYS)
        try:
            check(fact, day, office, self.world.record(office, person), person)
        except Illegal:
            return None
        made = self.world.author(office, person, day, fact)
        self.world.command(made)
        return made.ref

    def _count(self, name: str) -> None:
        self.commands.counts[name] = self.commands.counts.get(name, 0) + 1
