"""E3. What is due was delivered, recomputed from the whole book; and every delivery has a ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange.pipeline.relatives import Relatives
from exchange.pipeline.settled import Settled
from exchange.protocol.automatic import automatic
from exchange.protocol.book import Book, Delivery
from exchange.protocol.duties import RULES, duties, new_deliveries
from exchange.protocol.matching import matching
from exchange.protocol.telling.due import Sight
from exchange.protocol.view import readings
from exchange.reconcile.finding import Difference

if TYPE_CHECKING:
    from exchange.node import Node


def check_entitlement(one: Settled, node: Node, relatives: Relatives) -> list[Difference]:
    """What the offices of one dossier still owe each other by all rules of telling, and deliveries without a ground."""
    matches = matching({office: readings(book) for office, book in one.books.items()})
    found: list[Difference] = []
    for office, records in one.done.records.items():
        book = one.books[office]
        for record in records:
            extra = [due for due in matches.get(office, ()) if due.ref in record.facts]
            sight = Sight(book, record, relatives.kin(office, record), relatives.sheltered(office, record))
            owed = duties(sight, RULES, extra)
            drafts = automatic(sight, owed)
            found += [Difference("entitlement", office, d.person, office, d.because, ("fact",)) for d in drafts]
            for delivery in new_deliveries(sight, owed):
                if node.serves(delivery.to):
                    person = record.facts[delivery.ref].event.person
                    lacks = _lacks(book, delivery)
                    found.append(Difference("entitlement", delivery.to, person, office, delivery.ref, lacks))
        found += _groundless(one, book)
    return found


def _lacks(book: Book, delivery: Delivery) -> tuple[str, ...]:
    told = book.told.get((delivery.ref, delivery.to))
    if told is None:
        return ("event",)
    lacks = []
    if delivery.parts != told.parts:
        lacks.append("parts")
    if delivery.asked != told.asked:
        lacks.append("question")
    return tuple(lacks) or ("revision",)


def _groundless(one: Settled, book: Book) -> list[Difference]:
    """Deliveries that name no ground, or tell what their teller does not hold."""
    held = book.recorded.keys() | {ref for ref, _ in book.received}
    today = one.shelf.offices.successor
    return [
        Difference("entitlement", d.to, d.person, d.teller, d.ref, ("ground",))
        for d in one.deliveries
        if today(d.teller, d.person) == book.office and (not d.ground or d.ref not in held)
    ]
