"""Each case as the book of each of its sides tells it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, literal_column, select

from events.envelope import Ref
from events.store.moment import to_moment, to_number
from events.store.sql.rows import add, remove
from exchange.protocol.record import ASKED, DECIDING, OPEN, CaseStatus
from exchange.tables.paging import Page, count, page, within
from exchange.tables.schema import NEVER, cases

MOST = 1_000
# Written out, not bound: only so may the database use the small indexes over just these rows.
OPEN_ROWS = cases.c.status.in_([literal_column(f"'{status}'") for status in sorted(OPEN)])
_ENDS = ("answered_at", "closed_at")
_NAMES = tuple(column.name for column in cases.c)
_LONGEST_FREE = timedelta(days=31)  # no days off last longer
_ORDER = (cases.c.due_order, cases.c.office, cases.c.id)


class CaseRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One case, as `office` knows it: the office asked, or the asker. `due_on`: for the answer, as facts set it.

    `counted`: until when it is awaited by the node's calendar, where no fact sets a day, or it is a free one.
    `answered_at`: when the answer came of which the asker has still to decide what holds, or when it took back what it
    had decided. `late`: whether the day of the answer, or of that decision, went by. `escalated`: who has been asked to
    see to just that.
    """

    office: str
    id: str
    opening: Ref
    asked: str
    asker: str
    kind: str
    status: CaseStatus
    person: str
    due_on: str | None = None
    counted: str | None = None
    opened_at: datetime
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    late: bool = False
    escalated: tuple[str, ...] = ()
    reason: str | None = None

    @property
    def awaited(self) -> str | None:
        """Until when the answer is awaited."""
        return self.counted or self.due_on


class Which(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases; what is None selects nothing. `area`: an office, or the beginning of its code.

    `side`: those that the office was asked, or asked itself. `due_before`: due on an earlier day than this.
    `escalated`: those that still wait though somebody above was asked to see to them. `deciding`: whether the asker has
    an answer, and decides on it.
    """

    area: str | None = None
    side: Literal["asked", "asker"] | None = None
    open: bool | None = None
    escalated: bool | None = None
    deciding: bool | None = None
    status: CaseStatus | None = None
    kind: str | None = None
    due_before: str | None = None
    person: str | None = None


def replace(sql: Connection, persons: Collection[str], rows: Iterable[CaseRow]) -> None:
    """These rows, and no others, are the cases about these persons."""
    remove(sql, cases, persons)
    add(sql, cases, [_values(row) for row in rows])


def one(sql: Connection, office: str, id_: str) -> CaseRow | None:
    """The case as this office knows it; None where it is none of its cases."""
    row = sql.execute(select(cases).where(cases.c.office == office, cases.c.id == id_)).one_or_none()
    return None if row is None else row_of(row)


def sides(sql: Connection, id_: str) -> tuple[CaseRow, ...]:
    """The case as every office that has it knows it."""
    return tuple(row_of(row) for row in sql.execute(select(cases).where(cases.c.id == id_).order_by(cases.c.office)))


def some(sql: Connection, which: Which, after: str | None = None, limit: int = 50) -> Page[CaseRow]:
    """A page of cases: what is due first comes first."""
    return page(sql, select(cases).where(*_where(which)), _ORDER, row_of, after, limit)


def waiting(sql: Connection, after: str | None = None, limit: int = 500) -> Page[CaseRow]:
    """A page of the cases that wait for an answer, or for the decision on one."""
    return page(sql, select(cases).where(OPEN_ROWS), _ORDER, row_of, after, limit)


def unanswered(sql: Connection, kinds: Collection[str], after: str | None, limit: int) -> Page[CaseRow]:
    """A page of those of these kinds that nobody has answered in any way."""
    asked = select(cases).where(OPEN_ROWS, cases.c.status == "open", cases.c.kind.in_(sorted(kinds)))
    return page(sql, asked.where(cases.c.office == cases.c.asked), _ORDER, row_of, after, limit)


def how_many(sql: Connection, which: Which, most: int = MOST) -> int:
    """Counted no further than `most` + 1."""
    return count(sql, cases, _where(which), most)


def _where(which: Which) -> list[ColumnElement[bool]]:
    found = [
        column == value
        for column, value in (
            (cases.c.status, which.status),
            (cases.c.kind, which.kind),
            (cases.c.person, which.person),
        )
        if value is not None
    ]
    if which.area is not None:
        found.insert(0, within(cases.c.office, which.area))
    if which.side is not None:
        found.append(cases.c.office == cases.c[which.side])
    if which.open is not None:
        found.append(OPEN_ROWS if which.open else ~OPEN_ROWS)
    elif which.status in OPEN:
        found.append(OPEN_ROWS)
    if which.deciding is not None:
        decides = cases.c.status.in_(sorted(DECIDING))
        found += [OPEN_ROWS, decides] if which.deciding else [~decides]
    if which.escalated is not None:
        pressed = cases.c.escalated != ""
        found.append(and_(OPEN_ROWS, pressed) if which.escalated else ~pressed)
    if which.due_before is not None:
        found.append(cases.c.due_order < which.due_before)
    return found


def _values(row: CaseRow) -> dict[str, Any]:
    values = msgspec.structs.asdict(row)
    opening = values.pop("opening")
    del values["counted"]
    return {
        **values,
        "escalated": " ".join(row.escalated),
        "opening_author": opening.author,
        "opening_id": opening.id,
        "due_order": _order(row),
        "opened_at": to_number(row.opened_at),
        **{name: None if (at := getattr(row, name)) is None else to_number(at) for name in _ENDS},
    }


def columns_of(row: CaseRow) -> tuple[Any, ...]:
    """What stands of it in all columns, in their order."""
    values = _values(row)
    return tuple(values[name] for name in _NAMES)


def with_counted_days(stored: Iterable[Sequence[Any]], own: Iterable[CaseRow]) -> list[tuple[Any, ...]]:
    """Stored rows (behind whom they are about) as they would stand had their days been counted today.

    Which days are free is published later, and settings change: a day that no fact sets is no fault for that.
    """
    at, key = 1 + _NAMES.index("due_order"), (1 + _NAMES.index("office"), 1 + _NAMES.index("id"))
    awaited = {(row.office, row.id): row for row in own if row.status in ASKED}
    found = []
    for row in map(tuple, stored):
        mine = awaited.get((row[key[0]], row[key[1]]))
        if mine is None or not _may_be_counted(row[at], mine.due_on):
            found.append(row)
        else:
            found.append((*row[:at], _order(mine), *row[at + 1 :]))
    return found


def _may_be_counted(day: object, due_on: str | None) -> bool:
    """Whether a case may be listed by this day: one that facts set is moved behind the free days that begin with it."""
    if due_on is None:
        return True
    return isinstance(day, str) and due_on <= day <= (date.fromisoformat(due_on) + _LONGEST_FREE).isoformat()


def _order(row: CaseRow) -> str:
    return row.awaited or NEVER


def row_of(row: Sequence[Any]) -> CaseRow:
    """What stands in a row of the table."""
    fields = dict(zip(_NAMES, row, strict=False))  # what else was asked stands behind them
    until = fields.pop("due_order")
    ends = [None if (at := fields.pop(name)) is None else to_moment(at) for name in _ENDS]
    return CaseRow(
        counted=None if until in {NEVER, fields["due_on"]} else until,
        opening=Ref(fields.pop("opening_author"), fields.pop("opening_id")),
        escalated=tuple(fields.pop("escalated").split()),
        opened_at=to_moment(fields.pop("opened_at")),
        answered_at=ends[0],
        closed_at=ends[1],
        **fields,
    )
