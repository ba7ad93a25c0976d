"""Messages that could not be taken as messages (catalogue, rule 8): each is an open matter with its sender. Pure.

A rejection says nothing of the fact. It ends when its author takes it back, when the event is amended (the amendment is
a message of its own), when the event is sent again, or while the office that rejected it is closed.
"""

from __future__ import annotations

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Rejected
from events.standing import Facts, Standing
from exchange.protocol.book import Book
from exchange.protocol.record import Ended, Rejection


def rejections(book: Book, facts: Facts) -> tuple[Rejection, ...]:
    """Every rejection that the book holds, in the order in which they were recorded."""
    return tuple(_rejection(book, facts, s) for s in sorted(facts.of(Rejected), key=lambda s: (s.stamp, s.ref)))


def _rejection(book: Book, facts: Facts, standing: Standing) -> Rejection:
    said = standing.payload
    if not isinstance(said, Rejected):
        raise TypeError(said)
    teller = book.offices.successor(said.teller, standing.event.person)
    return Rejection(
        ref=standing.ref,
        notification=said.notification,
        by=standing.author,
        teller=teller,
        reason=said.reason,
        day=standing.day,
        ended=_ended(book, facts, standing, said, teller),
    )


def _ended(book: Book, facts: Facts, standing: Standing, said: Rejected, teller: str) -> Ended | None:
    if standing.void:
        return "taken_back"
    told = book.told.get((said.notification, standing.author)) or book.received.get((said.notification, teller))
    if told is not None and told.revision > said.revision:
        return "sent_again"
    later = (s for s in facts.in_force(Corrected, Retracted) if s.stamp > standing.stamp)
    if any(isinstance(s.payload, Corrected | Retracted) and s.payload.target == said.notification for s in later):
        return "amended"
    # Nothing is sent to who closed; opened again, it has not taken the message still.
    return "closed" if standing.author in book.offices.closed else None
