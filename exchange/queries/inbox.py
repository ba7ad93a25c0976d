"""The inbox of an office: its notices, the newest first, each with what it says and about whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import msgspec
import structlog

from events.catalogue.case import EnquiryOpened
from events.catalogue.values import NoteKind, Place
from events.envelope import Ref
from events.errors import Tampered
from events.names import full_name
from exchange.access import access_log
from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.books import UNREADABLE, Shelf
from exchange.feeds import feed_at
from exchange.protocol.record import Record
from exchange.protocol.shown.notices import Notice, fields_held, notices
from exchange.protocol.view import view
from exchange.queries.days import of_notice
from exchange.readable import readable
from exchange.tables import cases
from exchange.tables import inbox as table
from exchange.tables.inbox import InboxRow, Which
from exchange.tables.paging import Page
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

SHOWN = ("name", "notice")

_log = structlog.get_logger(__name__)


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One notice. `position`: in the office's feed, which acknowledges it; `outcome`: of a reply it tells, or of the
    case that it opened; None while the office has still to answer. `name`: None where it was not told.
    `unreadable`: the person's key or a part does not open, so that only what stands in the clear is shown.
    """

    position: int
    at: datetime
    office: str
    person: str
    name: str | None
    unreadable: bool
    act: str
    kind: str
    expects_reply: bool
    event: Ref
    events: tuple[Ref, ...]
    about: Ref | None
    teller: str
    case: str | None
    due_on: str | None
    due_provisional: bool
    acknowledge_by: str | None
    acknowledge_provisional: bool
    dispute_until: str | None
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
        entries = entries_of(node, session, caller.office, page.rows)
    access_log.note(node.uow, caller, purpose, [(entry.person, SHOWN) for entry in entries], node.clock())
    return Page(entries, page.next)


def entries_of(node: Node, session: SqlSession, office: str, rows: Sequence[InboxRow]) -> tuple[Entry, ...]:
    """What these notices of the office say. Whoever asks keeps in the log of reads whose names this opens."""
    dossiers = readable(node, session, [row.person for row in rows], _unread)
    due = {row.case: cases.one(session.sql, office, row.case) for row in rows if row.case is not None}
    told = {(found.notice.person, found.notice.act): found for d in dossiers for found in _found(d, office)}
    return tuple(
        _entry(
            node, row, told.get((row.person, row.act)) or _bare(session, row), due.get(row.case) if row.case else None
        )
        for row in rows
    )


def how_many(node: Node, caller: Caller, which: Which | None = None) -> int:
    """How many notices there are, counted no further than the table's limit."""
    chosen = msgspec.structs.replace(which or Which(), area=caller.office)
    with node.look(caller) as session:
        return table.how_many(session.sql, chosen)


class _Found(NamedTuple):
    """`record`: None where the notice is all that can be told."""

    notice: Notice
    record: Record | None
    unreadable: bool


def _found(dossier: Shelf, office: str) -> list[_Found]:
    try:
        return _notices(dossier, office)
    except UNREADABLE:
        _log.exception("dossier_unreadable", person=dossier.persons[0])
    try:
        return _notices(dossier.closed(), office, unreadable=True)
    except UNREADABLE:  # of some event not even the frame says anything
        return []


def _unread(persons: tuple[str, ...], error: Tampered) -> None:
    _log.error("dossier_unreadable", person=persons[0], rule=error.rule)


def _bare(session: SqlSession, row: InboxRow) -> _Found:
    """The notice as far as the row and its delivery tell it, where the event behind it cannot be read."""
    office, place = feed_at(row.office, row.position)
    told = next(iter(session.feed(office, place - 1, 1)), None)
    event, teller = (told.ref, told.teller) if told is not None else (Ref("", ""), "")
    notice = Notice(
        office=row.office,
        act=row.act,
        kind=cast("NoteKind", row.kind),
        expects_reply=row.expects_reply,
        person=row.person,
        event=event,
        events=(event,),
        teller=teller,
    )
    return _Found(notice, None, unreadable=True)


def _notices(dossier: Shelf, office: str, *, unreadable: bool = False) -> list[_Found]:
    book = dossier.book(office)
    told = [dossier.told(delivery) for delivery in dossier.received(office)]
    return [_Found(notice, record, unreadable) for record in view(book) for notice in notices(book, record, told)]


def _entry(node: Node, row: InboxRow, found: _Found, case: cases.CaseRow | None) -> Entry:
    notice, record = found.notice, found.record
    due = case.awaited if notice.expects_reply and case is not None else notice.due_on
    chosen = case is not None and case.status == "deferred"
    told = record.facts[notice.event].payload.type if record is not None else ""
    name: Any = None if record is None else record.particulars.get("name") or _asked_about(record)
    return Entry(
        position=row.position,
        at=row.at,
        office=row.office,
        person=row.person,
        name=full_name(name) if name else None,
        unreadable=found.unreadable,
        act=row.act,
        kind=row.kind,
        expects_reply=row.expects_reply,
        event=notice.event,
        events=notice.events,
        about=notice.about,
        teller=notice.teller,
        case=row.case,
        due_on=due,
        due_provisional=not chosen and node.calendar.counts_weekdays(due),
        **of_notice(node, row, told),
        overdue=case is not None and case.status == "overdue",
        acknowledged=row.acknowledged,
        outcome=row.outcome,
        reason=notice.reason,
        place=notice.place,
        fields=notice.fields,
        holds=fields_held(record, notice) if record is not None else (),
    )


def _asked_about(record: Record) -> Any:
    """The name that an enquiry gives, where nothing more is known of the person."""
    asked = (standing.payload for standing in record.facts.values())
    return next((each.given.get("name") for each in asked if isinstance(each, EnquiryOpened)), None)
