"""Pages by position: each begins right behind the last row of the one before, however much came in between."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import msgspec
from sqlalchemy import ColumnElement, Connection, Row, Select, Table, func, literal, select, tuple_

from events.errors import Malformed

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some rows, and the position from which the next ones follow; None where these were the last."""

    rows: tuple[T, ...]
    next: str | None = None


def page(
    sql: Connection,
    query: Select[Any],
    keys: Sequence[ColumnElement[Any]],
    made: Callable[[Row[Any]], T],
    after: str | None,
    limit: int,
    *,
    falling: bool = False,
) -> Page[T]:
    """The rows of `query` in the order of `keys`, which together are unique and never NULL; `falling` turns it round.

    Raises Malformed (cursor.form) where `after` is no position among these rows.
    """
    if after is not None:
        place, row = tuple_(*keys), tuple_(*map(literal, _position(after, keys)))
        query = query.where(place < row if falling else place > row)
    ordered = query.add_columns(*keys).order_by(*(key.desc() if falling else key.asc() for key in keys))
    found = sql.execute(ordered.limit(limit + 1)).all()
    shown = found[:limit]
    more = json.dumps(list(shown[-1])[-len(keys) :]) if shown and len(found) > limit else None
    return Page(tuple(made(row) for row in shown), more)


def count(sql: Connection, table: Table, where: Sequence[ColumnElement[bool]], most: int) -> int:
    """How many rows there are, counted no further than `most` + 1."""
    some = select(literal(1)).select_from(table).where(*where).limit(most + 1).subquery()
    found: int = sql.execute(select(func.count()).select_from(some)).scalar_one()
    return found


def within(column: ColumnElement[str], area: str) -> ColumnElement[bool]:
    """Whether an office lies in an area: a whole code is that office, the beginning of one everything under it."""
    return column == area if len(area) == 12 else column.between(area.ljust(12, "0"), area.ljust(12, "9"))


def _position(after: str, keys: Sequence[ColumnElement[Any]]) -> list[Any]:
    try:
        values = json.loads(after)
    except json.JSONDecodeError as error:
        raise Malformed(field="cursor", rule="cursor.form") from error
    kinds = [key.type.python_type for key in keys]
    if not isinstance(values, list) or [type(value) for value in values] != kinds:
        raise Malformed(field="cursor", rule="cursor.form")
    return values
