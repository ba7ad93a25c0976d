"""The register of an office: every person whom it holds now, page by page, each read for the stated purpose."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from exchange.access import access_log
from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.books import shelves
from exchange.protocol.sheet import sheet
from exchange.protocol.view import view
from exchange.queries.open_dossier import WHOLE
from exchange.tables import records
from exchange.tables.records import Which

if TYPE_CHECKING:
    from exchange.node import Node

PAGE = 200


def register(node: Node, caller: Caller, purpose: str) -> Iterator[dict[str, Any]]:
    """The sheets of the caller's office, in no order that means anything. Raises as `purposes.require` does.

    A page is read in one look, and its access entries are kept before any of it is given out.
    """
    require(caller, purpose)
    after: str | None = None
    while True:
        with node.look(caller) as session:
            page = records.some(session.sql, _held(caller), after, PAGE)
            persons = [row.person for row in page.rows if "expected" not in row.roles]
            dossiers = shelves(session, node.keys, node.offices, persons)
            wanted = set(persons)
            sheets = [
                sheet(record, record.person)
                for dossier in dossiers
                for record in view(dossier.book(caller.office))
                if record.person in wanted
            ]
        access_log.note(node.uow, caller, purpose, [(each["person"], WHOLE) for each in sheets], node.clock())
        yield from sheets
        if (after := page.next) is None:
            return


def held_now(node: Node, caller: Caller) -> int:
    """How many persons that is, counted no further than the tables count."""
    with node.look(caller) as session:
        return records.how_many(session.sql, _held(caller))


def _held(caller: Caller) -> Which:
    return Which(area=caller.office, state="open")
