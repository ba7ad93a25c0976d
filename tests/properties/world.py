"""A model of several offices on one or more nodes, with skewed clocks and an unreliable network between nodes."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import msgspec

from events.catalogue.fact import Fact
from events.envelope import SYSTEM_ACTOR, Envelope, Ref, Subject
from events.event import Event, parts_of, restricted
from events.stamp import next_stamp
from exchange.commands.tying import touched
from exchange.ids import derived_id
from exchange.protocol.book import ALL_PARTS, Book, Delivery, Question
from exchange.protocol.draft import Draft
from exchange.protocol.duties import RULES, Rule
from exchange.protocol.life.kinship import Kin, kinship
from exchange.protocol.matching import matching
from exchange.protocol.offices import Offices, offices
from exchange.protocol.record import Record
from exchange.protocol.settle import Quiet, settle
from exchange.protocol.shown.sheltered import sheltered
from exchange.protocol.telling.due import Due
from exchange.protocol.view import Reading, readings, view

OUTSIDE = "110102001000"  # an office that does not take part
COUNTY = "110101000000"  # above all the others
OFFICES = tuple(f"11010100{n}000" for n in range(1, 6))


class Authored(msgspec.Struct, frozen=True):
    """An event that a person recorded, and what its author's book knew then."""

    event: Event
    knew: frozenset[Ref]


class World:
    """Offices, each with one book of all persons of the history, on `nodes` nodes."""

    def __init__(
        self,
        seed: int,
        nodes: int = 1,
        served: tuple[str, ...] = OFFICES,
        rules: Mapping[str, Rule] = RULES,
        *,
        skew: bool = True,
        confirm_equal: bool = False,
        left_out: frozenset[str] = frozenset(),
    ) -> None:
        self.left_out = left_out
        self.confirm_equal = confirm_equal
        self.at = 0
        self.views: dict[str, tuple[int, tuple[Record, ...]]] = {}
        self.matched: tuple[Mapping[str, tuple[Reading, ...]], Mapping[str, list[Due]]] | None = None
        self.quiet: Quiet = {}  # what has not changed since then is not asked again
        self.seed = seed
        self.random = random.Random(seed)
        self.offices = served
        self.rules = rules
        self.directory = Offices(["110101000000"])
        self.about_offices: list[Event] = []
        self.gone: tuple[str, ...] = ()  # offices that were succeeded
        self.closed: tuple[str, ...] = ()  # and those that closed, with nobody to follow them
        self.lost: list[str] = []  # open cases that an heir did not find
        self.handed: list[Any] = []  # what each of them left (tests/properties/succession.py)
        order = list(served)
        self.random.shuffle(order)
        self.node_of = {office: index % nodes for index, office in enumerate(order)}
        self.node_of[COUNTY] = 0
        self.nodes = nodes
        self.books: dict[str, Book] = {}
        self.skew = {o: self.random.randint(-120_000_000, 120_000_000) if skew else 0 for o in served}
        self.skew[COUNTY] = 0
        self.now = 1_700_000_000_000_000
        self.wire: list[tuple[Delivery, Event]] = []
        self.authored: list[Authored] = []
        self.versions: dict[tuple[str, str], int] = {}
        self.counter = 0
        self.said: list[Delivery] = []
        self.held_back = 0  # amendments that came before what they amend

    def overseen(self, about: list[Event]) -> Offices:
        """The offices by the facts about them."""
        return offices(about)

    def book(self, office: str) -> Book:
        """The office's book, begun where there is none."""
        if office not in self.books:
            self.books[office] = Book(office, self.directory)
        return self.books[office]

    def records(self, office: str) -> tuple[Record, ...]:
        """The office's records now."""
        return self.view(self.books[office]) if office in self.books else ()

    def record(self, office: str, person: str) -> Record | None:
        """The office's record of this person, if its book holds any."""
        return next((r for r in self.records(office) if person in r.persons and r.facts), None)

    def tick(self) -> None:
        """A little time goes by."""
        self.now += self.random.choice((1_000, 1_000_000, 60_000_000))

    def author(
        self,
        office: str,
        person: str,
        day: str,
        fact: Fact,
        *,
        actor: str = "clerk",
        id_: str | None = None,
        because: Ref | None = None,
        submission: str | None = None,
        after: int = 0,
        touches: tuple[str, ...] = (),
        book: Book | None = None,
    ) -> Event:
        """An event stamped by the office's own clock and book; not yet recorded."""
        book = book or self.book(office)
        stamp = next_stamp(self.now + self.skew[office], (book.highest_stamp(), after))
        facts, parts = parts_of(fact)
        self.counter += 1
        version = self.versions.get((office, person), 0) + 1
        self.versions[(office, person)] = version
        content: Any = fact
        frame = Envelope(
            id=id_ or derived_id("history", str(self.counter), office),
            type=fact.type,
            schema=1,
            subject=Subject("person", person),
            touches=touches or touched(fact),
            stay=getattr(content, "stay", None),
            author=office,
            actor=actor,
            effective_on=day,
            stamp=stamp,
            recorded_at="2026-01-01T00:00:00Z",
            version=version,
            target=getattr(content, "target", None),
            because=because,
            submission=submission or derived_id("act", str(self.counter), office),
            facts=facts,
            commitments=dict.fromkeys(parts, ""),
        )
        return Event(frame, fact, ALL_PARTS)

    def command(self, event: Event) -> None:
        """Record an event of the office's own."""
        book = self.book(self.directory.author(event))
        knew = frozenset(e.ref for e in book.events() if not e.frame.automatic)
        self.authored.append(Authored(event, knew))
        book.record(event)

    def settle(self, node: int) -> None:
        """Forward everything that is due on a node; what goes to other nodes takes the wire."""
        self.at = node
        books = {o: b for o, b in self.books.items() if self.serves(o)}
        done = settle(self, books, self.quiet)
        self.books.update(books)
        self.said.extend(done.deliveries)
        for delivery in done.deliveries:
            if not self.serves(delivery.to):
                event = self.books[delivery.teller].event(delivery.ref)
                self.wire.append((delivery, restricted(event, delivery.parts)))

    # what a settlement needs from its node

    def serves(self, office: str) -> bool:
        """Whether the node that settles now serves the office."""
        return self.node_of[office] == self.at

    def open_book(self, office: str) -> Book:
        """Begin a book."""
        return self.book(office)

    def view(self, book: Book) -> tuple[Record, ...]:
        """The records of a book, kept until it changes."""
        kept = self.views.get(book.office)
        if kept is None or kept[0] != book.changes:
            kept = (book.changes, view(book))
            self.views[book.office] = kept
        return kept[1]

    def kin(self, office: str, record: Record) -> Mapping[str, Kin]:
        """What the office's book says of those tied to the person."""
        return kinship(record, self.view(self.books[office]))

    def sheltered(self, office: str, record: Record) -> frozenset[Ref]:
        """The answers that tell of somebody whom the office's book shows to be protected."""
        return sheltered(record, self.view(self.books[office]), self.books[office].offices)

    def match(self, read: Mapping[str, tuple[Reading, ...]]) -> Mapping[str, list[Due]]:
        """All nodes take part in the same matching of documents (P12)."""
        if "matching" in self.left_out:
            return {}
        now = {**{o: readings(b) for o, b in self.books.items()}, **read}
        kept = self.matched
        if kept is None or len(kept[0]) != len(now) or any(kept[0].get(o) is not seen for o, seen in now.items()):
            kept = self.matched = (now, matching(now))
        return kept[1]

    def make_event(self, office: str, draft: Draft, book: Book) -> Event:
        """An automatic fact, stamped by its office."""
        return self.author(
            office,
            draft.person,
            draft.day or "2026-03-01",
            draft.payload,
            actor=SYSTEM_ACTOR,
            id_=draft.id,
            because=draft.because,
            after=draft.after,
            touches=draft.touches,
        )

    def set_deadlines(self, delivery: Delivery) -> Delivery:
        """Any day will do here."""
        asked = tuple(q if q.due_on else Question(q.kind, "2026-04-01") for q in delivery.asked)
        return msgspec.structs.replace(delivery, asked=asked)

    def deliver_one(self) -> None:
        """One message of the wire arrives: any of them, perhaps twice."""
        if not self.wire:
            return
        index = self.random.randrange(len(self.wire))
        delivery, event = self.wire[index]
        if self.random.random() > 0.15:
            self.wire.pop(index)
        self.take(delivery, event)
        if self.random.random() < 0.7:
            self.settle(self.node_of[delivery.to])

    def take(self, delivery: Delivery, event: Event) -> None:
        """A message comes in."""
        book = self.book(delivery.to)
        book.receive(delivery, event)
        if event.frame.target is not None and not book.holds(event.frame.target):
            self.held_back += 1

    def drain(self) -> None:
        """Until nothing is due and nothing is on its way."""
        for _ in range(5000):
            before = len(self.said)
            for node in range(self.nodes):
                self.settle(node)
            if not self.wire and before == len(self.said):
                return
            while self.wire:
                index = self.random.randrange(len(self.wire))
                delivery, event = self.wire.pop(index)
                self.take(delivery, event)
        raise AssertionError("the world does not drain")
