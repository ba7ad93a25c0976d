"""The inbox of an office: its notices, the newest first, each with what it says and about whom."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from events.catalogue.values import Place
from events.envelope import Ref
from events.names import full_name
from exchange.access import access_log
from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.books import Shelf, shelves
from exchange.protocol.notices import Notice, notices
from exchange.protocol.record import Record
from exchange.protocol.view import view
from exchange.tables import cases
from exchange.tables import inbox as table
from exchange.tables.inbox import InboxRow, Which
from exchange.tables.paging import Page

if TYPE_CHECKING:
    from exchange.node import Node

SHOWN = ("name", "notice")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One notice. `position`: in the office's feed, which acknowledges it; `outcome`: of a reply it tells, or of the
    case that it opened; None while the office has still to answer. `name`: None where it was not told.
    """

    position: int
    at: datetime
    office: str
    person: str
    name: str | None
    act: str
    kind: str
    expects_reply: bool
    event: Ref
    events: tuple[Ref, ...]
    about: Ref | None
    teller: str
    case: str | None
    due_on: str | None
    overdue: bool
    acknowledged: datetime | None
    outcome: str | None
    reason: str | None
    place: Place | None
    fields: tuple[str, ...]
    holds: tuple[str, ...]


def inbox(
    node: Node,
    caller: Caller,
    which: Which | None = None,
    cursor: str | None = None,
    limit: int = 25,
    *,
    purpose: str = "case",
) -> Page[Entry]:
    """A page of the caller's own inbox; `which` narrows it. Raises Forbidden, and Malformed for a wrong cursor."""
    require(caller, purpose)
    chosen = msgspec.structs.replace(which or Which(), area=caller.office)
    with node.look(caller) as session:
        page = table.some(session.sql, chosen, cursor, limit)
        dossiers = shelves(session, node.keys, node.offices, [row.person for row in page.rows])
        due = {row.case: cases.one(session.sql, row.office, row.case) for row in page.rows if row.case is not None}
    told = {(n.person, n.act): (n, record) for dossier in dossiers for n, record in _notices(dossier, caller.office)}
    entries = tuple(
        _entry(row, *told[row.person, row.act], due.get(row.case) if row.case else None) for row in page.rows
    )
    access_log.note(node.uow, caller, purpose, [(entry.person, SHOWN) for entry in entries], node.clock())
    return Page(entries, page.next)


def how_many(node: Node, caller: Caller, which: Which | None = None) -> int:
    """How many notices there are, counted no further than the table's limit."""
    chosen = msgspec.structs.replace(which or Which(), area=caller.office)
    with node.look(caller) as session:
        return table.how_many(session.sql, chosen)


def _notices(dossier: Shelf, office: str) -> list[tuple[Notice, Record]]:
    book = dossier.book(office)
    told = [dossier.told(delivery) for delivery in dossier.received(office)]
    return [(notice, record) for record in view(book) for notice in notices(book, record, told)]


def _entry(row: InboxRow, notice: Notice, record: Record, case: cases.CaseRow | None) -> Entry:
    name: Any = record.particulars.get("name")
    return Entry(
        position=row.position,
        at=row.at,
        office=row.office,
        person=row.person,
        name=full_name(name) if name else None,
        act=row.act,
        kind=row.kind,
        expects_reply=row.expects_reply,
        event=notice.event,
        events=notice.events,
        about=notice.about,
        teller=notice.teller,
        case=row.case,
        due_on=case.due_on if notice.expects_reply and case is not None else notice.due_on,
        overdue=case is not None and case.status == "overdue",
        acknowledged=row.acknowledged,
        outcome=row.outcome,
        reason=notice.reason,
        place=notice.place,
        fields=notice.fields,
        holds=notice.holds,
    )
