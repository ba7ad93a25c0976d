"""Forward: bring the books of all offices concerned up to the head, in one transaction (DESIGN.md section 6, Work)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from exchange.books import Shelf, as_stored, shelves
from exchange.pipeline.project import project
from exchange.pipeline.sequence import sequence_all
from exchange.pipeline.settling import Settling
from exchange.protocol.book import Book
from exchange.protocol.settle import Settlement, settle
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

BATCH = 200


class Settled:
    """One dossier after its settlement: books and records by office, and what was added."""

    def __init__(self, shelf: Shelf, books: dict[str, Book], done: Settlement, settling: Settling) -> None:
        self.shelf = shelf
        self.books = books
        self.done = done
        self.sealed = settling.sealed
        self.persons = {event.frame.ref: event.frame.subject.id for event in (*shelf.stored.values(), *settling.sealed)}


def forward(node: Node, limit: int = BATCH) -> int:
    """Settle the dossiers of about this many persons who wait longest. The number of persons that were."""
    node.step("before forward")
    with node.uow.begin() as session:
        # What was recorded since must be in the books that are read now, for its marks are taken off below.
        sequence_all(node, session)
        claimed = session.claim(limit)
        if not claimed:
            return 0
        node.step("claimed")
        moment = node.clock()
        _bring_up(node, session, [one.person for one in claimed], moment)
        # The automatic facts have marked their persons again: whoever has just been settled waits no more.
        mine = {one.person for one in claimed}
        session.done(one for one in session.claim(len(claimed)) if one.person in mine)
        node.step("marks taken off")
    node.step("after forward")
    return len(claimed)


def _bring_up(node: Node, session: SqlSession, persons: Iterable[str], moment: datetime) -> None:
    people = [person for person in persons if not person.isdecimal()]
    if len(people) < len(list(persons)):
        node.learn_offices(session)
    settled = [settle_one(node, session, one, moment) for one in shelves(session, node.keys, node.offices, people)]
    events = [event for one in settled for event in one.sealed]
    if events:
        session.append(events)
        node.step("automatic facts appended")
        sequence_all(node, session)
        node.step("automatic facts sequenced")
    told = [as_stored(delivery, one.persons[delivery.ref]) for one in settled for delivery in one.done.deliveries]
    fed = session.deliver(told, moment) if told else ()
    node.step("delivered")
    project(node, session, settled, fed, moment)


def settle_one(node: Node, session: SqlSession, shelf: Shelf, moment: datetime) -> Settled:
    """Settle one dossier in memory."""
    books = {office: shelf.book(office) for office in sorted(shelf.concerned()) if node.serving.serves(office)}
    settling = Settling(node, session, moment)
    return Settled(shelf, books, settle(settling, books), settling)
