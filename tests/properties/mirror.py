"""The model of a real node: all its offices, settled as its workers do it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from events.catalogue.fact import Fact
from events.envelope import SYSTEM_ACTOR, Ref
from events.event import Event
from exchange.clock import day_of, microseconds
from exchange.jurisdictions import deadlines
from exchange.pipeline.settling import deadline_of
from exchange.protocol.book import Book, Delivery, Question
from exchange.protocol.draft import Draft
from exchange.protocol.life.kinship import Kin, kinship
from exchange.protocol.matching import matching
from exchange.protocol.offices import Offices
from exchange.protocol.record import Record
from exchange.protocol.settle import receive, settle
from exchange.protocol.shown.sheltered import sheltered
from exchange.protocol.telling.due import Due
from exchange.protocol.view import Reading, view
from tests.properties.world import World

if TYPE_CHECKING:
    from tests.properties.stored import Ground

Group = tuple[str, ...]  # the ids that the node claims, reads and settles together


class Mirror(World):
    """The model of all offices of the node, which settles whenever the node has, and in the rounds in which it does.

    A round settles each marked dossier by itself, by what the offices saw of its relatives before the round, and marks
    those who hang on one that moved. So both tell the same on the way, and every delivery can be compared.
    """

    def __init__(self, seed: int, ground: Ground) -> None:
        super().__init__(seed, 1, skew=False)
        self.ground = ground
        self.directory = ground.node.offices
        self.marked: set[str] = set()
        self._dossier: dict[str, Book] = {}
        self._before: Mapping[str, tuple[Record, ...]] = {}
        self._seen: dict[Book, tuple[int, tuple[Record, ...]]] = {}

    def tick(self) -> None:
        """The node's clock goes by itself."""

    def command(self, event: Event) -> None:
        """Record it, and mark whom it concerns."""
        super().command(event)
        self.marked.update((event.person, *event.frame.touches))

    def settle(self, node: int) -> None:
        """As the node did it just now."""
        self.now = microseconds(self.ground.now)
        moved = set(self.marked)
        while self.marked:
            with self.ground.node.look() as session:
                groups = sorted(set(session.dossiers(self.marked).values()))
            self._before = {office: self.view(book) for office, book in self.books.items()}
            moved |= {person for group in groups if self._settles(group) for person in group}
            self.marked = self._hanging_on(moved)
            moved = set()

    def _settles(self, group: Group) -> bool:
        """Settle one dossier. Whether anything came of it."""
        self._seen = {}
        parts = {office: _part(book, group) for office, book in self.books.items()}
        self._dossier = {office: part for office, part in parts.items() if part.changes}
        done = settle(self, self._dossier)
        for event in done.events:
            self.book(self.directory.author(event)).record(event)
        for delivery in done.deliveries:
            teller = self.books[delivery.teller]
            teller.tell(delivery)
            if self.serves(delivery.to):
                receive(self.book(delivery.to), delivery, teller)
        self.said.extend(done.deliveries)
        return bool(done.events or done.deliveries)

    def _hanging_on(self, persons: set[str]) -> set[str]:
        """Those whose facts name one of these."""
        events = (event for book in self.books.values() for event in book.recorded.values())
        return {event.person for event in events if not persons.isdisjoint(event.frame.touches)}

    def open_book(self, office: str) -> Book:
        """For the dossier that is settled."""
        return Book(office, self.directory)

    def view(self, book: Book) -> tuple[Record, ...]:
        """The records of a whole book, or of the part of it that is about one dossier."""
        if book is self.books.get(book.office):
            return super().view(book)
        changes, records = self._seen.get(book, (-1, ()))
        if changes != book.changes:
            self._seen[book] = (book.changes, records := view(book))
        return records

    def kin(self, office: str, record: Record) -> Mapping[str, Kin]:
        """By what the office saw before the round."""
        return kinship(record, self._before.get(office, ()))

    def sheltered(self, office: str, record: Record) -> frozenset[Ref]:
        """Likewise."""
        return sheltered(record, self._before.get(office, ()), self.books[office].offices)

    def match(self, read: Mapping[str, tuple[Reading, ...]]) -> Mapping[str, list[Due]]:
        """Within the dossier."""
        return matching(read)

    def serves(self, office: str) -> bool:
        """The model has the offices of the node."""
        return self.ground.node.serves(office)

    def overseen(self, about: list[Event]) -> Offices:
        """Likewise what became of them."""
        return self.ground.node.offices

    def make_event(self, office: str, draft: Draft, book: Book) -> Event:
        """An automatic fact of the node's day."""
        self.skew.setdefault(office, 0)
        return self.author(
            office,
            draft.person,
            draft.day or day_of(self.ground.now).isoformat(),
            draft.payload,
            actor=SYSTEM_ACTOR,
            id_=draft.id,
            because=draft.because,
            after=draft.after,
            touches=draft.touches,
            book=book,
        )

    def set_deadlines(self, delivery: Delivery) -> Delivery:
        """The days of the node's rules."""
        opening = self._dossier[delivery.teller].event(delivery.ref).payload
        asked = tuple(q if q.due_on else self._due(q, delivery, opening) for q in delivery.asked)
        return msgspec.structs.replace(delivery, asked=asked)

    def _due(self, question: Question, delivery: Delivery, opening: Fact) -> Question:
        node, kind = self.ground.node, deadline_of(question.kind, opening)
        today = day_of(self.ground.now)
        due = deadlines.due_on(kind, delivery.teller, delivery.to, today, rules=node.deadlines, calendar=node.calendar)
        return Question(question.kind, due.day.isoformat())


def _part(book: Book, persons: Group) -> Book:
    """What the book says of these persons."""
    part = Book(book.office, book.offices)
    for event in book.recorded.values():
        if event.person in persons:
            part.record(event)
    for (ref, _), delivery in book.received.items():
        if (event := book.event(ref)).person in persons:
            part.receive(delivery, event)
    for delivery in book.told.values():
        if book.event(delivery.ref).person in persons:
            part.tell(delivery)
    return part
