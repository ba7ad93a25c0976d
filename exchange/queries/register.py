"""The register of an office: every person whom it holds now, page by page, each read for the stated purpose."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from exchange.access import access_log
from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.books import UNREADABLE
from exchange.protocol.shown.sheet import sheet
from exchange.protocol.view import view
from exchange.queries.open_dossier import WHOLE
from exchange.readable import readable
from exchange.tables import records
from exchange.tables.records import Which
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

PAGE = 200


def register(node: Node, caller: Caller, purpose: str, unread: Callable[[str], object]) -> Iterator[dict[str, Any]]:
    """The sheets of the caller's office, in no order that means anything. Raises as `purposes.require` does.

    `unread`: is told of each person whose key, part or event does not open, and who is left out. A page is read in one
    look, and its access entries are kept before any of it is given out.
    """
    require(caller, purpose)
    after: str | None = None
    while True:
        with node.look(caller) as session:
            page = records.some(session.sql, _held(caller), after, PAGE)
            persons = [row.person for row in page.rows if "expected" not in row.roles]
            sheets, left_out = _sheets(node, session, caller.office, persons)
        access_log.note(node.uow, caller, purpose, [(each["person"], WHOLE) for each in sheets], node.clock())
        yield from sheets
        for person in left_out:
            unread(person)
        if (after := page.next) is None:
            return


def _sheets(node: Node, session: SqlSession, office: str, persons: list[str]) -> tuple[list[dict[str, Any]], list[str]]:
    """The sheets of these persons, and who of them cannot be read."""
    wanted = set(persons)
    closed: set[str] = set()
    sheets: list[dict[str, Any]] = []
    for dossier in readable(node, session, persons, lambda ids, _: closed.update(ids)):
        try:
            dossier.require_keys()
            records = view(dossier.book(office))
        except UNREADABLE:
            closed.update(dossier.persons)
        else:
            sheets += [sheet(record, record.person) for record in records if record.person in wanted]
    return sheets, sorted(closed & wanted)


def held_now(node: Node, caller: Caller) -> int:
    """How many persons that is, counted no further than the tables count."""
    with node.look(caller) as session:
        return records.how_many(session.sql, _held(caller))


def _held(caller: Caller) -> Which:
    return Which(area=caller.office, state="open")
