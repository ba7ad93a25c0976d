"""What each office sees of each person: clear columns to select by, and the record itself under the person's key."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, select

from events.store.sql.form import Form
from events.store.sql.rows import about, add, remove
from exchange.tables.paging import Page, count, page, within
from exchange.tables.schema import records

State = Literal["open", "closed", "withdrawn", "merged"]
MOST = 1_000
_FORM = Form(records.c)
_NAMES = tuple(column.name for column in records.c)


class RecordRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """`survivor`: the id that stands for the dossier. `since`: the day from which the person has lived at `lives_at`.
    `protected_until`: the last day of the protection in force, where it is this office that has to end it.

    `review_on`: when the office has to ask whether a stay goes on. `sealed`: the record under the person's key.
    `digest`: of the record in the clear, for comparing a rebuild.
    """

    office: str
    person: str
    survivor: str
    state: State
    roles: tuple[str, ...] = ()
    keeper: str | None = None
    lives_at: str | None = None
    since: str | None = None
    review_on: str | None = None
    protected_until: str | None = None
    version: int
    sealed: bytes
    digest: bytes


class Which(msgspec.Struct, frozen=True, kw_only=True):
    """Which records; what is None selects nothing. `area`: an office, or the beginning of its code."""

    area: str | None = None
    state: State | None = None
    role: str | None = None
    keeper: str | None = None
    lives_at: str | None = None


def replace(sql: Connection, persons: Collection[str], rows: Iterable[RecordRow]) -> None:
    """These rows, and no others, are what all offices see of these persons."""
    remove(sql, records, persons)
    add(sql, records, [_values(row) for row in rows])


def one(sql: Connection, office: str, person: str) -> RecordRow | None:
    """What this office sees of the person; None where it sees nothing."""
    row = sql.execute(select(records).where(records.c.office == office, records.c.person == person)).one_or_none()
    return None if row is None else _row(row)


def of_persons(sql: Connection, persons: Iterable[str]) -> tuple[RecordRow, ...]:
    """What all offices see of these persons, by person and office."""
    rows = about(sql, records, set(persons))
    return tuple(sorted(map(row_of, rows), key=order))


def order(row: RecordRow) -> tuple[str, str]:
    """By person and office."""
    return (row.person, row.office)


def to_review(sql: Connection, today: str, after: str | None = None, limit: int = 500) -> Page[str]:
    """A page of the persons of whom some office has to ask by today whether a stay goes on."""
    return _due(sql, records.c.review_on, records.c.review_on <= today, after, limit)


def lapsed(sql: Connection, today: str, after: str | None = None, limit: int = 500) -> Page[str]:
    """A page of the persons with a protection in force whose last day has gone by."""
    return _due(sql, records.c.protected_until, records.c.protected_until < today, after, limit)


def _due(
    sql: Connection, day: ColumnElement[str], due: ColumnElement[bool], after: str | None, limit: int
) -> Page[str]:
    keys = (day, records.c.person, records.c.office)
    return page(sql, select(records.c.survivor).where(due), keys, lambda row: str(row[0]), after, limit)


def some(sql: Connection, which: Which, after: str | None = None, limit: int = 50) -> Page[RecordRow]:
    """A page of records, by office and person."""
    keys = (records.c.office, records.c.person)
    return page(sql, select(records).where(*_where(which)), keys, _row, after, limit)


def how_many(sql: Connection, which: Which, most: int = MOST) -> int:
    """Counted no further than `most` + 1."""
    return count(sql, records, _where(which), most)


def _where(which: Which) -> list[ColumnElement[bool]]:
    equal = [
        column == value
        for column, value in (
            (records.c.state, which.state),
            (records.c.keeper, which.keeper),
            (records.c.lives_at, which.lives_at),
        )
        if value is not None
    ]
    if which.role is not None:
        equal.append(records.c.roles.contains(f" {which.role} ", autoescape=True))
    return equal if which.area is None else [within(records.c.office, which.area), *equal]


def _values(row: RecordRow) -> dict[str, Any]:
    return {**msgspec.structs.asdict(row), "roles": f" {' '.join(row.roles)} "}


def _row(row: Row[Any]) -> RecordRow:
    return row_of([getattr(row, name) for name in _NAMES])


def row_of(values: Sequence[Any]) -> RecordRow:
    """The record in a row of all columns, in their order."""
    fields = dict(zip(_NAMES, _FORM.mended(values), strict=True))
    return RecordRow(**{**fields, "roles": tuple(fields["roles"].split())})
