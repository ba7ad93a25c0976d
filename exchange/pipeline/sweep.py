"""Sweep: what falls due by the day alone. Run it once a day; running it again changes nothing.

Cases are reminded of, overdue and escalated by facts (`exchange.pipeline.reminding`). A protection with a last day ends
by a fact of the office that recorded it, so that every book sees the end in the same way. Of a stay whose last day has
gone by, the keeper asks the office where the person stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from events.catalogue.person import Protected, Unprotected
from events.codec import thaw
from events.store.sql.rows import holds
from events.store.sql.schema import events
from exchange.books import Shelf
from exchange.clock import day_of
from exchange.ids import derived_id
from exchange.pipeline.by_person import by_person
from exchange.pipeline.reminding import remind
from exchange.pipeline.settling import Settling
from exchange.protocol.automatic import Draft
from exchange.protocol.reviewing import reviews
from exchange.protocol.view import view
from exchange.tables import records
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

LAPSED = "lapsed"
_MARK = b'"type":"person.protected"'  # as it stands in the canonical bytes of a frame


def sweep(node: Node) -> int:
    """Record whatever the day brings. How many facts that were."""
    return _end_protections(node) + _review_stays(node) + remind(node)


def _review_stays(node: Node) -> int:
    today = day_of(node.clock()).isoformat()
    with node.uow.look() as session:
        persons = records.to_review(session.sql, today)

    def ask(settling: Settling, found: Shelf, _person: str) -> None:
        for office in sorted(filter(node.serves, found.concerned())):
            book = found.book(office)
            for draft in [draft for record in view(book) for draft in reviews(record, today)]:
                book.record(settling.make_event(office, draft, book))

    return by_person(node, persons, ask)


def _end_protections(node: Node) -> int:
    with node.uow.look() as session:
        persons = _with_an_end(session, day_of(node.clock()).isoformat())

    def end(settling: Settling, found: Shelf, _person: str) -> None:
        for office in sorted(filter(node.serves, found.concerned())):
            _end(settling, found, office, day_of(node.clock()).isoformat())

    return by_person(node, persons, end)


def _end(settling: Settling, found: Shelf, office: str, today: str) -> None:
    """The end of the protection in force, where this office recorded it and its last day has gone by."""
    book = found.book(office)
    for record in view(book):
        standing = record.facts.get(record.protected) if record.protected is not None else None
        if standing is None or standing.author != office or not isinstance(standing.payload, Protected):
            continue
        if standing.payload.until is not None and standing.payload.until < today:
            fact = Unprotected(ground=LAPSED)
            id_ = derived_id("unprotected", office, standing.ref.id)
            settling.make_event(office, Draft(id=id_, person=record.person, payload=fact, because=standing.ref), book)


def _with_an_end(session: SqlSession, today: str) -> list[str]:
    """Persons with a protection whose last day has gone by, in force or not."""
    marked = holds(session.sql, events.c.body, _MARK)
    rows = session.sql.execute(select(events.c.subject, events.c.body).where(marked, events.c.kind == "person"))
    return sorted({subject for subject, body in rows if (thaw(body).facts.get("until") or today) < today})
