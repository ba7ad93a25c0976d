"""Random histories on a real node: commands, forwarding and sweeps, which end between any two of their steps.

Whatever the node's store has kept is what the model of the books gets, too: so the node must end where the model does.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from events.catalogue import content_of
from events.catalogue.fact import Fact
from events.catalogue.person import Unmerged
from events.envelope import Ref
from events.event import Event
from exchange.access.caller import Caller, Role
from exchange.books import Shelf, shelves
from exchange.commands.act import Item, Result
from exchange.commands.record import record
from exchange.ids import derived_id
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.pipeline.sweep import sweep
from exchange.protocol.book import Delivery
from exchange.protocol.record import Record
from exchange.protocol.view import view
from exchange.settings import settings
from tests.properties.commands import Commands
from tests.properties.mirror import Mirror
from tests.properties.shown import shown
from tests.properties.world import COUNTY

BEGINNING = datetime(2026, 3, 2, 1, tzinfo=UTC)
HUMANS = ("P1", "P2", "P3")
SYSTEM_BY_DAY = frozenset({"case.reminded", "case.escalated", "person.unprotected", "request.opened"})
Done = TypeVar("Done")


class Killed(BaseException):
    """The process ends here; no handler of errors sees it."""


class Ground:
    """A node on a store, which is opened anew whenever its process has ended."""

    def __init__(self, folder: Path, database_url: str = "") -> None:
        self.now = BEGINNING
        self.kills: Counter[str] = Counter()
        self._left: int | None = None
        self._settings = settings(data=folder, serves=(COUNTY[:6],), database_url=database_url)
        self.node = self._opened()
        advance(self.node)

    def clock(self) -> datetime:
        """A clock that goes one millisecond a look."""
        self.now += timedelta(milliseconds=1)
        return self.now

    def does(self, work: Callable[[Node], Done], killed_at: int | None) -> Done:
        """Do the work; where the process ends after so many steps, in another process once more."""
        self._left = killed_at
        while True:
            try:
                return work(self.node)
            except Killed:
                self.node.close()
                self.node = self._opened()
            finally:
                self._left = None

    def _opened(self) -> Node:
        return Node.open(self._settings, clock=self.clock, step=self._step)

    def _step(self, name: str) -> None:
        if self._left is None:
            return
        self._left -= 1
        if self._left < 0:
            self._left = None
            self.kills[name] += 1
            raise Killed


class Sent(Commands):
    """Draws commands from what the model shows, and sends them to the node."""

    def __init__(self, world: Mirror, ground: Ground) -> None:
        super().__init__(world, ())
        self.mirror = world
        self.ground = ground
        self.sent = 0
        self.kills = random.Random(f"kills {world.seed}")
        self.human: dict[str, str] = {}  # person -> whose papers they have

    def killed_at(self) -> int | None:
        """After how many steps the process ends; mostly it does not."""
        return self.kills.randrange(14) if self.kills.random() < 0.4 else None

    def document(self, person: str, *, else_own: bool = True) -> dict[str, Any]:
        """As in every history, but no two histories share a passport."""
        if self.documents.random() < 0.2:
            return self._passport(0)
        return self.own_document(person) if else_own else {}

    def own_document(self, person: str) -> dict[str, Any]:
        """The passport of the human."""
        return self._passport(1 + HUMANS.index(self.human.get(person, person)))

    def _passport(self, number: int) -> dict[str, Any]:
        return {"document.passport": {"number": f"E{self.world.seed:06}{number:02}"}}

    def step(self) -> bool:
        """One command of a random office, sent to the node."""
        office = self.office()
        held = [r for r in self.world.records(office) if r.facts and r.person in self.persons]
        found = self.random.choice(held) if held and self.random.random() < 0.85 else None
        person = found.person if found is not None else self.random.choice(HUMANS)
        kind = self.random.choice(self.OPENING if found is None else self.HELD)
        fact = kind(self, office, person, found)
        if fact is None:
            return False
        self.sends(office, self._subject(fact, found), fact, person)
        return True

    def merged(self, office: str, person: str, found: Record) -> Fact | None:
        """Whatever was recorded since is given to one of the two."""
        fact = super().merged(office, person, found)
        if not isinstance(fact, Unmerged):
            return fact
        merge = found.facts[fact.merge]
        since = [s for s in found.facts.values() if s.stamp > merge.stamp and not s.event.frame.automatic]
        pair = (merge.event.person, fact.other)
        return msgspec.structs.replace(fact, allotment={str(s.ref): self.random.choice(pair) for s in since})

    def new_id(self) -> str:
        self.sent += 1
        return derived_id("stored history", str(self.world.seed), str(self.sent))

    def _subject(self, fact: Fact, found: Record | None) -> str | None:
        if found is None:
            return None
        if isinstance(fact, Unmerged):
            return found.facts[fact.merge].event.person
        return found.person

    def sends(
        self,
        office: str,
        person: str | None,
        fact: Fact,
        human: str,
        roles: frozenset[Role] = frozenset({"clerk", "confirmer"}),
    ) -> bool:
        """Until an answer comes, under one id. What was kept is the model's, too; False where it is refused."""
        item = item_of(fact, self.new_id(), self.day(), person)
        caller = Caller(office, "clerk", roles)

        def work(node: Node) -> Result:
            (result,) = record(node, caller, [item])
            return result

        result = self.ground.does(work, self.killed_at())
        if result.error is not None:
            code = f"refused {result.error.code}"
            self.counts[code] = self.counts.get(code, 0) + 1
            return False
        self.counts[fact.type] = self.counts.get(fact.type, 0) + 1
        if result.person not in self.human:
            self.human[str(result.person)] = human
            self.persons = tuple(sorted(self.human))
        self.keep(lambda one: one.frame.id == item.id)
        return True

    def keep(self, wanted: Callable[[Event], bool]) -> None:
        """What the store has kept of this is the model's, too."""
        for event in self._kept(wanted):
            self.world.command(event)

    def forward(self) -> None:
        """The node does all its work, and the model the same."""
        self.ground.does(advance, self.killed_at())
        self.world.settle(0)

    def day_goes_by(self) -> None:
        """What falls due is recorded by the node, and kept by the model."""
        self.forward()
        self.ground.now += timedelta(days=self.random.choice((1, 6, 15)))
        self.ground.does(sweep, self.killed_at())
        for event in self._kept(lambda one: one.frame.automatic):
            assert event.payload.type in SYSTEM_BY_DAY, event.payload.type
            self.world.command(event)

    def _kept(self, wanted: Callable[[Event], bool]) -> list[Event]:
        """What the store has of this, and the model has not."""
        known = {ref for book in self.world.books.values() for ref in book.recorded}
        events = [found.event(ref) for found in self.shelves(pending=True) for ref in found.stored if ref not in known]
        return sorted(filter(wanted, events), key=lambda one: (one.frame.stamp, one.ref))

    def shelves(self, *, pending: bool = False) -> list[Shelf]:
        """Everything that the store has about the persons of the history."""
        with self.ground.node.look() as session:
            return shelves(session, self.ground.node.keys, self.ground.node.offices, self.persons, pending=pending)


def item_of(fact: Fact, id_: str, day: str, person: str | None, act: str | None = None) -> Item:
    """The fact as a clerk sends it."""
    content = {k: v for k, v in msgspec.to_builtins(content_of(fact)).items() if k != "opens"}
    return Item(id=id_, type=fact.type, day=day, content=content, person=person, submission=act)


def differing(world: Mirror, commands: Sent) -> list[str]:
    """Where the books and records of the node hold anything else than the model's."""
    stored, faults = commands.shelves(), []
    for office in sorted({office for one in stored for office in one.concerned()} | set(world.books)):
        model, books = world.book(office), [one.book(office) for one in stored]
        pairs = {
            "recorded": (
                _all(_said(book.recorded) for book in books),
                _said(model.recorded),
            ),
            "received": (_all(_told(book.received) for book in books), _told(model.received)),
            "told": (_all(_told(book.told) for book in books), _told(model.told)),
            "shows": (_all(_seen(view(book)) for book in books), _seen(world.records(office))),
        }
        for what, (here, there) in pairs.items():
            keys = sorted(k for k in here.keys() | there.keys() if here.get(k) != there.get(k))
            faults += [f"{office} {what} {key}: {here.get(key)} and not {there.get(key)}" for key in keys]
    return faults


def _all(found: Iterable[dict[Any, Any]]) -> dict[Any, Any]:
    return {key: value for each in found for key, value in each.items()}


def _said(events: Mapping[Ref, Event]) -> dict[Any, Any]:
    """What each says, of whom, and because of what: the model makes for itself what is recorded automatically."""
    frames = {ref: event.frame for ref, event in events.items()}
    return {
        ref: (events[ref].payload, f.subject, f.touches, f.stay, f.effective_on, f.target, f.because)
        for ref, f in frames.items()
    }


def _told(deliveries: Mapping[tuple[Ref, str], Delivery]) -> dict[Any, Any]:
    return {key: (sorted(d.parts), d.ground, d.kind, d.asked, d.revision) for key, d in deliveries.items()}


def _seen(records: Iterable[Record]) -> dict[Any, Any]:
    return {
        r.person: (*shown(r), r.contradictions, r.announcements, r.insisted, r.objected, r.incomplete) for r in records
    }
