"""Sweep: what falls due by the day alone. Run it once a day; running it again changes nothing.

Cases are reminded of, overdue and escalated by facts (`exchange.pipeline.reminding`). A protection with a last day ends
by a fact of the office that recorded it, so that every book sees the end in the same way. Of a stay whose last day has
gone by, the keeper asks the office where the person stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.catalogue.person import Unprotected
from exchange.books import Shelf
from exchange.clock import day_of
from exchange.ids import derived_id
from exchange.pipeline.by_page import by_page
from exchange.pipeline.by_person import by_person
from exchange.pipeline.reminding import remind
from exchange.pipeline.settling import Settling
from exchange.protocol.automatic import Draft
from exchange.protocol.reviewing import reviews
from exchange.protocol.sheet import protected_until, protecting
from exchange.protocol.view import view
from exchange.tables import records

if TYPE_CHECKING:
    from exchange.node import Node

LAPSED = "lapsed"


def sweep(node: Node) -> int:
    """Record whatever the day brings. How many facts that were."""
    return _end_protections(node) + _review_stays(node) + remind(node)


def _review_stays(node: Node) -> int:
    today = day_of(node.clock()).isoformat()

    def ask(settling: Settling, found: Shelf, _person: str) -> None:
        for office in sorted(filter(node.serves, found.concerned())):
            book = found.book(office)
            for draft in [draft for record in view(book) for draft in reviews(record, today)]:
                book.record(settling.make_event(office, draft, book))

    due = by_page(node, lambda sql, after: records.to_review(sql, today, after))
    return sum(by_person(node, persons, ask) for persons in due)


def _end_protections(node: Node) -> int:
    today = day_of(node.clock()).isoformat()

    def end(settling: Settling, found: Shelf, _person: str) -> None:
        for office in sorted(filter(node.serves, found.concerned())):
            _end(settling, found, office, today)

    lapsed = by_page(node, lambda sql, after: records.lapsed(sql, today, after))
    return sum(by_person(node, persons, end) for persons in lapsed)


def _end(settling: Settling, found: Shelf, office: str, today: str) -> None:
    """The end of the protection in force, where this office recorded it and its last day has gone by."""
    book = found.book(office)
    for record in view(book):
        protection = protecting(record)
        if protection is not None and (protected_until(record) or today) < today:
            ref = protection[0].ref
            id_ = derived_id("unprotected", office, ref.id)
            draft = Draft(id=id_, person=record.person, payload=Unprotected(ground=LAPSED), because=ref)
            settling.make_event(office, draft, book)
