"""Settling a dossier: automatic facts and deliveries of all offices that one node serves, until nothing is due. Pure.

The pipeline's forwarder and the test models run this same function; what differs is who makes events, and how a
delivery to an office of another node travels.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, Protocol

import msgspec

from events.catalogue.case import EnquiryAnswered
from events.catalogue.family import TieBegan
from events.catalogue.person import Unmerged
from events.envelope import Ref
from events.event import Event, restricted
from exchange.protocol.automatic import automatic
from exchange.protocol.book import Book, Delivery
from exchange.protocol.draft import Draft
from exchange.protocol.duties import Rule, duties, new_deliveries
from exchange.protocol.life.kinship import Kin
from exchange.protocol.life.without_part import parted
from exchange.protocol.record import Record
from exchange.protocol.shown.sheltered import NOTHING
from exchange.protocol.telling.due import Due, Sight
from exchange.protocol.view import Reading, readings

# A dossier settles in a few rounds; more would mean that two facts follow from each other for ever.
MOST_ROUNDS = 60


class Settlement(msgspec.Struct):
    """What a run of `settle` added; `records` are those after it, by office."""

    events: list[Event]
    deliveries: list[Delivery]
    records: dict[str, tuple[Record, ...]]


class Node(Protocol):
    """What a settlement needs from the node that runs it."""

    rules: Mapping[str, Rule]
    confirm_equal: bool  # whether cases in which the person is certainly the same are confirmed by themselves

    def serves(self, office: str) -> bool:
        """Whether the office's book is here; what is due to another only stands in the result."""

    def open_book(self, office: str) -> Book:
        """Begin a book for an office that held nothing of the dossier."""

    def view(self, book: Book) -> tuple[Record, ...]:
        """`view`, or a kept result of it for the same `book.changes`."""

    def kin(self, office: str, record: Record) -> Mapping[str, Kin]:
        """`kinship`: what the office's own books say of those tied to the person."""

    def sheltered(self, office: str, record: Record) -> frozenset[Ref]:
        """`sheltered`: the answers that tell of somebody whom the office's own books show to be protected."""

    def match(self, read: Mapping[str, tuple[Reading, ...]]) -> Mapping[str, list[Due]]:
        """`matching`, over what was read and whatever else takes part in the same matching of documents."""

    def make_event(self, office: str, draft: Draft, book: Book) -> Event:
        """Stamp and seal a draft."""

    def set_deadlines(self, delivery: Delivery) -> Delivery:
        """Fix `due_on` of the questions that the delivery puts."""


class Seen(NamedTuple):
    """All that an office decided by, of one person, when it had nothing more to record or tell."""

    record: Record  # which is another whenever anything changed of what the book says of the person
    matched: tuple[Due, ...]
    kin: Mapping[str, Kin]
    sheltered: frozenset[Ref]
    parted: bool  # from somebody it was merged with, which may be told of that one alone

    def still(self, now: Seen) -> bool:
        """Whether it would decide by the same now."""
        return self.record is now.record and self[1:] == now[1:]


class Calm(msgspec.Struct):
    """A book by which nothing was due when it had seen so many changes and matching had found this; and each person."""

    book: Book
    changes: int = -1
    matched: tuple[Due, ...] = ()
    seen: dict[str, Seen] = {}


Quiet = dict[str, Calm]  # by office


def settle(node: Node, books: dict[str, Book], quiet: Quiet | None = None) -> Settlement:
    """Bring the books of one dossier up to date with each other, in place. Raises RuntimeError if it never ends.

    `quiet`: what was found quiet before, where the books are kept from one settlement to the next.
    """
    done = Settlement([], [], {})
    quiet = {} if quiet is None else quiet
    for _ in range(MOST_ROUNDS):
        # Of a book to which more comes before its turn no record is made that nobody asks for.
        matches = node.match({office: readings(book) for office, book in books.items()})
        busy = False
        for office in sorted(books):
            book, matched = books[office], tuple(matches.get(office, ()))
            calm = quiet.get(office)
            if calm is None or calm.book is not book:
                calm = quiet[office] = Calm(book)
            if (calm.changes, calm.matched) == (book.changes, matched):
                continue
            before = book.changes
            if _bring_up(node, books, office, matched, done, calm):
                calm.changes, calm.matched = book.changes, matched
            busy |= book.changes != before
        if not busy:
            done.records = {office: node.view(book) for office, book in books.items()}
            return done
    raise RuntimeError("a dossier does not settle")


def _bring_up(
    node: Node, books: dict[str, Book], office: str, matched: Iterable[Due], done: Settlement, calm: Calm
) -> bool:
    """Record what follows and tell what is due, by one office's book. True where another look would find nothing."""
    book = books[office]
    decided: list[Seen] = []
    final = True
    records = node.view(book)
    apart = parted(book.events_of(Unmerged))
    for record in records:
        extra = tuple([due for due in matched if due.ref in record.facts])
        kin = node.kin(office, record) if record.ties or record.facts.of(TieBegan) else {}
        sheltered = node.sheltered(office, record) if record.facts.of(EnquiryAnswered) else NOTHING
        now = Seen(record, extra, kin, sheltered, not apart.isdisjoint(record.persons))
        before = calm.seen.get(record.person)
        if before is not None and before.still(now):
            continue
        sight = Sight(book, record, kin, sheltered)
        owed = duties(sight, node.rules, extra)
        drafts = automatic(sight, owed, confirm_equal=node.confirm_equal)
        for draft in drafts:
            event = node.make_event(office, draft, book)
            book.record(event)
            done.events.append(event)
        if drafts:
            return False  # what is due is read again with the new facts in the book
        told = [node.set_deadlines(delivery) for delivery in new_deliveries(sight, owed)]
        for delivery in told:
            _tell(node, books, book, delivery)
        done.deliveries += told
        if all(_is_all(delivery) for delivery in told) and not sight.told.bears_on(told):
            decided.append(now)
        else:
            final = False
    if len(records) > 1:  # of one person the book itself tells whether anything changed
        after = {record.person: record for record in node.view(book)}
        calm.seen.update({seen.record.person: seen._replace(record=after[seen.record.person]) for seen in decided})
    return final


def _tell(node: Node, books: dict[str, Book], book: Book, delivery: Delivery) -> None:
    book.tell(delivery)
    if node.serves(delivery.to):
        if delivery.to not in books:
            books[delivery.to] = node.open_book(delivery.to)
        receive(books[delivery.to], delivery, book)


def _is_all(told: Delivery) -> bool:
    """Whether a delivery opens no case and is told for the first time: nothing that was due of it is left."""
    return not told.asked and told.revision == 1


def receive(book: Book, delivery: Delivery, teller: Book) -> bool:
    """Deliver inside a node: the event as far as the parts delivered tell it."""
    return book.receive(delivery, restricted(teller.event(delivery.ref), delivery.parts))
