"""Send a message again that the office told could not take as a message (catalogue, rule 8).

The same event with the same parts, as one more delivery and one more notice: it tells nothing new, and answers the
rejection. Doing it twice does it once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from events.errors import Conflict
from exchange.access.caller import Caller
from exchange.audit.rebuild import unsettled
from exchange.books import Shelf, as_stored, shelf
from exchange.commands.acknowledge import NoSuchNotice
from exchange.feeds import position_for
from exchange.ids import derived_id
from exchange.pipeline.project import held_rows
from exchange.protocol.book import Delivery
from exchange.protocol.record import Rejection
from exchange.protocol.refusals import NotRejected
from exchange.protocol.view import view
from exchange.tables import books, inbox
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

TRIES = 5  # while the dossier is being forwarded


def send_again(node: Node, caller: Caller, position: int) -> Rejection:
    """The rejection that the notice at this position of the office's feed tells of, answered by one more sending.

    Raises NoSuchNotice, and NotRejected where the notice tells of no rejection, or of one that ended otherwise.
    """
    caller.require("clerk", "confirmer", "supervisor")
    for left in reversed(range(TRIES)):
        try:
            with node.uow.begin() as session:
                return _once(node, session, caller.office, position)
        except Conflict:  # the dossier was forwarded meanwhile, with a further sending of its own
            if not left:
                raise
    raise AssertionError


def _once(node: Node, session: SqlSession, office: str, position: int) -> Rejection:
    node.learn_offices(session)
    row = inbox.one(session.sql, office, position)
    if row is None:
        raise NoSuchNotice(field="position", position=position)
    found = shelf(session, node.keys, node.offices, row.person)
    book = found.book(office)
    told = [each for each in found.received(office) if position_for(office, each) == position]
    known = {each.ref: each for record in view(book) for each in record.rejections}
    rejection = next((known[each.ref] for each in told if each.ref in known), None)
    if rejection is None or rejection.teller != office or rejection.ended not in {None, "sent_again"}:
        raise NotRejected(field="position")
    if rejection.ended is None:
        _send(node, session, found, rejection, book.told[rejection.notification, rejection.by])
    return msgspec.structs.replace(rejection, ended="sent_again")


def _send(node: Node, session: SqlSession, found: Shelf, rejection: Rejection, told: Delivery) -> None:
    moment = node.clock()
    again = msgspec.structs.replace(
        told,
        act=derived_id("again", rejection.ref.author, rejection.ref.id),
        trigger=rejection.ref,
        revision=told.revision + 1,
    )
    person = found.stored[told.ref].frame.subject.id
    fed = session.deliver([as_stored(again, person)], moment)
    books.hold(session.sql, held_rows(node, [unsettled(node, found)], fed))
    session.mark_dirty(found.persons, moment)
