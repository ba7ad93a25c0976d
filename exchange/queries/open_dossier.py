"""The one gate of every read of a person: office, actor, purpose and fields go in, an access entry is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from exchange.access import access_log
from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.books import Shelf, shelf
from exchange.protocol.book import Book
from exchange.protocol.questions.one_document import facts_shown
from exchange.protocol.record import Record
from exchange.protocol.refusals import UnknownPerson
from exchange.protocol.view import view
from exchange.readable import about

if TYPE_CHECKING:
    from exchange.node import Node

WHOLE = ("record",)


class Opened(msgspec.Struct, frozen=True):
    """One office's book of one dossier, opened for a stated purpose; `records`: with those of persons beside it."""

    office: str
    shelf: Shelf
    book: Book
    records: tuple[Record, ...]
    record: Record

    @property
    def etag(self) -> str:
        """What `if_match` compares."""
        return self.shelf.etag(self.office, *facts_shown(self.record, self.records))


def open_dossier(
    node: Node,
    caller: Caller,
    purpose: str,
    person: str,
    fields: Sequence[str] = WHOLE,
    *,
    office: str | None = None,
    known_at: datetime | None = None,
) -> Opened:
    """What the office knows of the person; `known_at`: what it knew then.

    Raises Forbidden, Malformed for an unknown purpose, UnknownPerson where the office's book holds nothing.
    """
    require(caller, purpose)
    held_by = caller.office_read(office)
    with node.look(caller) as session:
        whole = shelf(session, node.keys, node.offices, person, pending=known_at is None, known_at=known_at)
    found = about(whole, person, held_by)
    book = found.book(held_by)
    records = view(book)
    record = next((r for r in records if person in r.persons and r.holds), None)
    if record is None:
        raise UnknownPerson(field="person")
    access_log.note(node.uow, caller, purpose, [(person, fields)], node.clock(), held_by)
    return Opened(held_by, found, book, records, record)
