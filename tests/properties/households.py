"""Households in a random history: several persons move in one act, others join them later, and one act answers it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence

import msgspec

from events.catalogue.case import Confirmed, Disputed
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Departed, Left, Returned
from events.catalogue.person import Unmerged
from events.catalogue.registration import RegistrationChanged
from events.errors import Illegal
from exchange.commands.fitting import require_new
from exchange.commands.fitting import subject as subject_of
from exchange.ids import derived_id
from exchange.protocol.comparing.compare import differences
from exchange.protocol.legality import check
from exchange.protocol.record import ASKED
from exchange.protocol.shown.notices import notices
from tests.properties.commands import Commands
from tests.properties.world import World

# What is said of all members; the rest each has of its own.
SHARED: dict[type[Fact], tuple[str, ...]] = {
    Arrived: ("kind", "registration", "origin", "address"),
    Departed: ("destination",),
    Left: ("destination",),
    Returned: ("address", "origin"),
    RegistrationChanged: ("from_", "to", "ground"),
}
Member = tuple[str, Fact]  # a person, and what is said


def drawn(seed: int) -> bool:
    """Whether households move in the history with this seed; the others stay what they were."""
    return seed % 8 in {4, 6}


def together(first: Fact, fact: Fact) -> Fact:
    """What is said of another member: as of the first, but for what is its own."""
    return msgspec.structs.replace(fact, **{name: getattr(first, name) for name in SHARED[type(first)]})


class Households:
    """Draws one act after the other by which several persons move, and are answered for."""

    def __init__(self, world: World, commands: Commands) -> None:
        self.world = world
        self.commands = commands
        self.random = random.Random(f"households {world.seed}")
        self.moves: list[tuple[str, str, str, Fact, frozenset[str]]] = []  # office, day, act, what the first said, whom

    def drawn(self) -> bool:
        """Whether households move in this history."""
        return drawn(self.world.seed)

    def persons(self) -> list[str]:
        """All of them, in any order."""
        return self.random.sample(self.commands.persons, len(self.commands.persons))

    def step(self) -> None:
        """One act, in histories with households."""
        if not self.drawn() or self.random.random() < 0.3:
            return
        office = self.random.choice(self.world.offices)
        self.random.choice((self._move, self._move, self._join, self._answer, self._answer))(office)

    def _move(self, office: str) -> None:
        kinds = (
            Commands.arrived,
            Commands.arrived,
            Commands.departed,
            Commands.left,
            Commands.returned,
            Commands.moved,
        )
        kind = self.random.choice(kinds)
        persons = self.persons()
        facts = [(person, fact) for person in persons if (fact := self._said(kind, office, person)) is not None]
        if len(facts) > 1:
            first, day = facts[0][1], self.commands.day()
            act = derived_id("household", str(self.world.seed), str(len(self.moves)))
            if self._record(office, day, [(person, together(first, fact)) for person, fact in facts], act, "moved"):
                self.moves.append((office, day, act, first, frozenset(persons)))

    def _said(self, kind: Callable[..., Fact | None], office: str, person: str) -> Fact | None:
        record = self.world.record(office, person)
        if record is None and kind is not Commands.arrived:
            return None
        fact = kind(self.commands, office, person, record)
        return msgspec.structs.replace(fact, ends=(), continues=None) if isinstance(fact, Arrived) else fact

    def _join(self, office: str) -> None:
        """Somebody does what a household did, and names its act."""
        mine = [move for move in self.moves if move[0] == office]
        if mine:
            _, day, act, first, _ = self.random.choice(mine)
            person = self.persons()[0]
            kind = {Arrived: Commands.arrived, Departed: Commands.departed}.get(type(first))
            fact = self._said(kind, office, person) if kind is not None else None
            if fact is not None:
                self._record(office, day, [(person, together(first, fact))], act, "joined")

    def _answer(self, office: str) -> None:
        """All that one act asked of the office, mostly confirmed, now and then one disputed."""
        asked: dict[tuple[str, str], list[Member]] = {}
        for record in self.world.records(office):
            for state in record.cases.values():
                opening = record.facts.get(state.ref.opening)
                if state.ref.asked != office or state.status not in ASKED or opening is None:
                    continue
                if state.ref.kind in {"enquiry", "request"}:
                    continue
                found = differences(record.particulars, getattr(opening.payload, "stated", {}))
                fact: Fact = Confirmed(case=state.ref, sees=opening.corrections, deviations=found)
                if self.random.random() < 0.2:
                    fact = Disputed(case=state.ref, reason="other")
                key = (opening.author, opening.event.frame.submission)
                asked.setdefault(key, []).append((record.person, fact))
        lines = [line for line in asked.values() if len({person for person, _ in line}) > 1]
        if lines:
            act = derived_id("household answered", str(self.world.seed), str(self.world.counter))
            self._record(office, "2026-02-01", self.random.choice(lines), act, "answered")

    def _record(self, office: str, day: str, members: Sequence[Member], act: str, word: str) -> bool:
        """All or none; each on the record as the act so far leaves it."""
        book, counts = self.world.book(office), self.commands.counts
        kept, before = book.copy(), len(self.world.authored)
        made: set[str] = set()
        for person, fact in members:
            record = self.world.record(office, person)
            try:
                check(fact, day, office, record)
                if record is not None:
                    require_new(act, record, made)
            except Illegal as error:
                counts[f"refused {error.code}"] = counts.get(f"refused {error.code}", 0) + 1
                self.world.books[office] = kept
                self.world.views.pop(office, None)
                del self.world.authored[before:]
                return False
            subject = subject_of(fact, record.person, record) if record is not None else person
            self.world.tick()
            event = self.world.author(office, subject, day, fact, submission=act)
            self.world.command(event)
            made.add(event.frame.id)
        counts[f"household {word}"] = counts.get(f"household {word}", 0) + 1
        return True


def line_faults(world: World) -> list[str]:
    """One act has one notice about each person, and what was told stands in one: so a line has every member once."""
    faults: list[str] = []
    for office, book in world.books.items():
        records = world.records(office)
        shown = Counter((each.act, each.person) for record in records for each in notices(book, record))
        faults += [
            f"two notices of one act: {act} about {person} at {office}" for (act, person), n in shown.items() if n > 1
        ]
        parted = any(isinstance(event.payload, Unmerged) for event in book.events())
        for record in records:
            for delivery in book.received.values():
                act = delivery.act or (delivery.trigger or delivery.ref).id
                # Of an act that told of two entries while they were one the notice stands with one of the two.
                if delivery.kind is None or delivery.ref not in record.facts or (act, record.person) in shown:
                    continue
                if not parted or act not in {each for each, _ in shown}:
                    faults.append(f"told in no line: {delivery.ref} about {record.person} at {office}")
    return faults
