"""Notifications: one for each office, person and act. What one office told by one act is one line, of all persons."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, FromClause, and_, literal, select, true, tuple_, update

from events.store.moment import to_moment, to_number
from events.store.sql.rows import add, batches, remove
from exchange.tables.paging import Page, count, page, within
from exchange.tables.schema import inbox

MOST = 1_000
_NAMES = tuple(column.name for column in inbox.c)


class InboxRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`position`, `at`: of the delivery in the office's feed. `case`: the one that it opens or tells of, if any.

    `outcome`: what became of it; None while something is still expected.
    """

    office: str
    person: str
    act: str
    teller: str = ""
    kind: str
    expects_reply: bool
    case: str | None = None
    position: int
    at: datetime
    acknowledged: datetime | None = None
    outcome: str | None = None


class Which(msgspec.Struct, frozen=True, kw_only=True):
    """Which notifications; what is None selects nothing. `area`: an office, or the beginning of its code."""

    area: str | None = None
    kind: str | None = None
    expects_reply: bool | None = None
    acknowledged: bool | None = None
    settled: bool | None = None  # whether there is an outcome
    person: str | None = None
    act: str | None = None


def replace(sql: Connection, persons: Collection[str], rows: Iterable[InboxRow]) -> None:
    """These rows, and no others, are what inboxes show about these persons."""
    remove(sql, inbox, persons)
    add(sql, inbox, [_values(row) for row in rows])


def one(sql: Connection, office: str, position: int) -> InboxRow | None:
    """The notification at this position of the office's feed; None where none came with that delivery."""
    wanted = (inbox.c.office == office) & (inbox.c.position == position)
    row = sql.execute(select(inbox).where(wanted)).one_or_none()
    return None if row is None else row_of(row)


def acknowledge(sql: Connection, office: str, position: int, at: datetime) -> None:
    """Show that it was seen, and when first."""
    wanted = (inbox.c.office == office) & (inbox.c.position == position) & inbox.c.acknowledged.is_(None)
    sql.execute(update(inbox).where(wanted).values(acknowledged=to_number(at)))


def some(sql: Connection, which: Which, after: str | None = None, limit: int = 25) -> Page[InboxRow]:
    """A page of notifications, the newest first."""
    keys = (inbox.c.at, inbox.c.office, inbox.c.position)
    return page(sql, select(inbox).where(*_where(which)), keys, row_of, after, limit, falling=True)


def lines(sql: Connection, which: Which, after: str | None = None, limit: int = 25) -> Page[InboxRow]:
    """A page of lines, the newest first: of each the newest notification that is selected."""
    other = inbox.alias("other")
    newer = tuple_(other.c.at, other.c.position) > tuple_(inbox.c.at, inbox.c.position)
    # The offset keeps the database from reading all lines of the office before it has found those of the page.
    later = select(literal(1)).where(*_same_line(other), newer, *_where(which, other)).offset(0).exists()
    keys = (inbox.c.at, inbox.c.office, inbox.c.position)
    return page(sql, select(inbox).where(*_where(which), ~later), keys, row_of, after, limit, falling=True)


def place(lead: InboxRow) -> str:
    """The position behind which the next lines follow, where a page ends early."""
    return json.dumps([to_number(lead.at), lead.office, lead.position])


def in_lines(sql: Connection, leads: Sequence[InboxRow], which: Which) -> list[tuple[InboxRow, bool]]:
    """All notifications of these lines, in the order in which they were told, and whether each is selected."""
    line = tuple_(inbox.c.office, inbox.c.act, inbox.c.teller)
    chosen = and_(true(), *_where(which)).label("chosen")
    found = []
    for batch in batches([(lead.office, lead.act, lead.teller) for lead in leads]):
        rows = sql.execute(select(inbox, chosen).where(line.in_(batch)).order_by(inbox.c.at, inbox.c.position))
        found += [(row_of(row), bool(row.chosen)) for row in rows]
    return found


def how_many(sql: Connection, which: Which, most: int = MOST) -> int:
    """Counted no further than `most` + 1."""
    return count(sql, inbox, _where(which), most)


def _same_line(other: FromClause) -> list[ColumnElement[bool]]:
    return [other.c[name] == inbox.c[name] for name in ("office", "act", "teller")]


def _where(which: Which, rows: FromClause = inbox) -> list[ColumnElement[bool]]:
    found = [
        rows.c[name] == value
        for name in ("kind", "expects_reply", "person", "act")
        if (value := getattr(which, name)) is not None
    ]
    if which.area is not None:
        found.insert(0, within(rows.c.office, which.area))
    for column, there in ((rows.c.acknowledged, which.acknowledged), (rows.c.outcome, which.settled)):
        if there is not None:
            found.append(column.is_not(None) if there else column.is_(None))
    return found


def _values(row: InboxRow) -> dict[str, Any]:
    return {
        **msgspec.structs.asdict(row),
        "at": to_number(row.at),
        "acknowledged": None if row.acknowledged is None else to_number(row.acknowledged),
    }


def columns_of(row: InboxRow) -> tuple[Any, ...]:
    """What stands of it in all columns, in their order."""
    values = _values(row)
    return tuple(values[name] for name in _NAMES)


def row_of(row: Sequence[Any]) -> InboxRow:
    """What stands in a row of the table."""
    fields = dict(zip(_NAMES, row, strict=False))  # what else was asked stands behind them
    seen = fields.pop("acknowledged")
    return InboxRow(at=to_moment(fields.pop("at")), acknowledged=None if seen is None else to_moment(seen), **fields)
