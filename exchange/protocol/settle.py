"""Settling a dossier: automatic facts and deliveries of all offices that one node serves, until nothing is due. Pure.

The pipeline's forwarder and the test models run this same function; what differs is who makes events, and how a
delivery to an office of another node travels.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec


from events.event import Event, restricted
from exchange.protocol.automatic import Draft, automatic
from exchange.protocol.book import Book, Delivery
from exchange.protocol.duties import RULES, Rule, duties, new_deliveries
from exchange.protocol.matching import matching
from exchange.protocol.record import Record
from exchange.protocol.telling.due import Sight
from exchange.protocol.view import view

# A dossier settles in a few rounds; more would mean that two facts follow from each other for ever.
MOST_ROUNDS = 60

MakeEvent = Callable[[str, Draft, Book], Event]
Deadline = Callable[[Delivery], Delivery]


class Settlement(msgspec.Struct):
    """What a run of `settle` added; `records` are those after it, by office."""

    events: list[Event]
    deliveries: list[Delivery]
    records: dict[str, tuple[Record, ...]]


def settle(
    books: dict[str, Book],
    open_book: Callable[[str], Book],
    make_event: MakeEvent,
    set_deadlines: Deadline,
    serves: Callable[[str], bool],
    rules: Mapping[str, Rule] = RULES,
) -> Settlement:
    """Bring the books of one dossier up to date with each other, in place.

    `open_book` begins a book for an office that had none; `make_event` stamps and seals a draft;
    `set_deadlines` fixes `due_on` of the questions that a delivery puts; offices that the node does not serve
    keep no book here, and what is due to them only stands in the result. Raises RuntimeError if it never ends.
    """
    done = Settlement([], [], {})
    changed = set(books)
    for _ in range(MOST_ROUNDS):
        for office in changed:
            done.records[office] = view(books[office])
        changed = _round(books, open_book, make_event, set_deadlines, serves, rules, done)
        if not changed:
            return done
    raise RuntimeError("a dossier does not settle")


def _round(  # noqa: PLR0913 (one step of the loop above)
    books: dict[str, Book],
    open_book: Callable[[str], Book],
    make_event: MakeEvent,
    set_deadlines: Deadline,
    serves: Callable[[str], bool],
    rules: Mapping[str, Rule],
    done: Settlement,
) -> set[str]:
    changed: set[str] = set()
    matches = matching(done.records) if "matching" in rules or rules is RULES else {}
    for office in sorted(done.records):
        book = books[office]
        for record in done.records[office]:
            extra = [due for due in matches.get(office, ()) if due.ref in record.facts]
            owed = duties(book, record, rules, extra)
            drafts = automatic(Sight(book, record), owed)
            for draft in drafts:
                event = make_event(office, draft, book)
                book.record(event)
                done.events.append(event)
                changed.add(office)
            if drafts:
                continue  # what is due is read again with the new facts in the book
            for delivery in new_deliveries(book, record, owed):
                delivered = set_deadlines(delivery)
                book.tell(delivered)
                done.deliveries.append(delivered)
                changed.add(office)
                if serves(delivered.to):
                    if delivered.to not in books:
                        books[delivered.to] = open_book(delivered.to)
                    receive(books[delivered.to], delivered, book)
                    changed.add(delivered.to)
    return changed


def receive(book: Book, delivery: Delivery, teller: Book) -> bool:
    """Deliver inside a node: the event as far as the parts delivered tell it."""
    return book.receive(delivery, restricted(teller.event(delivery.ref), delivery.parts))


