"""Forward: bring the books of all offices concerned up to the head, in one transaction (DESIGN.md section 6, Work)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import structlog

from events.errors import ExchangeError
from events.store.contract import StoredDelivery, StoredEvent
from exchange.books import Shelf, shelves
from exchange.pipeline.project import project
from exchange.pipeline.sequence import sequence_all
from exchange.pipeline.settled import Settled
from exchange.pipeline.settling import Settling
from exchange.protocol.settle import settle
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

BATCH = 200

_log = structlog.get_logger(__name__)


def forward(node: Node, limit: int = BATCH) -> int:
    """Settle the dossiers of about this many persons who wait longest. The number of persons that were.

    A dossier that cannot be settled stays marked, and is named in `node.stuck`; it holds up no other.
    """
    node.step("before forward")
    with node.uow.begin() as session:
        # What was recorded since must be in the books that are read now, for its marks are taken off below.
        sequence_all(node, session)
        claimed = [one.person for one in session.claim(limit + len(node.stuck))]
        if not claimed:
            return 0
        node.step("claimed")
        settled = _bring_up(node, session, claimed, node.clock())
        # The automatic facts have marked their persons again: whoever has just been settled waits no more.
        session.done(one for one in session.claim(len(claimed)) if one.person in settled)
        node.step("marks taken off")
    node.step("after forward")
    return len(settled)


def _bring_up(node: Node, session: SqlSession, persons: Sequence[str], moment: datetime) -> set[str]:
    """Settle, append, sequence, deliver and project. The persons for whom nothing is left to do."""
    offices = {person for person in persons if person.isdecimal()}
    node.learn_offices(session)  # another process may have recorded a succession since
    people = [person for person in persons if person not in offices]
    shelved = shelves(session, node.keys, node.offices, people)
    settled = [one for shelf in shelved if (one := settle_one(node, shelf, moment)) is not None]
    events = [event for one in settled for event in one.sealed]
    placed: list[StoredEvent] = []
    if events:
        session.append(events)
        node.step("automatic facts appended")
        placed = sequence_all(node, session)
        node.step("automatic facts sequenced")
    told = [delivery for one in settled for delivery in one.told()]
    fed = session.deliver(told, moment) if told else ()
    node.step("delivered")
    _place(settled, placed, fed)
    project(node, session, settled, fed)
    node.step("inbox written")
    return offices | {person for one in settled for person in one.shelf.persons}


def _place(settled: Iterable[Settled], placed: Iterable[StoredEvent], fed: Iterable[StoredDelivery]) -> None:
    """Tell each dossier where its new events and deliveries now stand."""
    dossier = {person: one for one in settled for person in one.shelf.persons}
    for event in placed:
        dossier[event.frame.subject.id].stored[event.frame.ref] = event
    for delivery in fed:
        dossier[delivery.person].deliveries.append(delivery)


def settle_one(node: Node, shelf: Shelf, moment: datetime) -> Settled | None:
    """Settle one dossier in memory; None where that is not possible, which is kept in `node.stuck`."""
    settling = Settling(node, shelf, moment)
    try:
        books = {office: shelf.book(office) for office in sorted(shelf.concerned()) if node.serves(office)}
        done = settle(settling, books)
    except (ExchangeError, RuntimeError) as error:
        node.stuck[shelf.persons[0]] = error
        _log.exception("dossier_stuck", person=shelf.persons[0])
        return None
    node.stuck.pop(shelf.persons[0], None)
    return Settled(shelf, books, done, settling.sealed)
