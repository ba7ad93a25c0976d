"""What every table shares: batches of keys that one statement takes, and inserts in the words of each database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, LiteralString, TypeVar

from sqlalchemy import ColumnElement, Connection, LargeBinary, Table, cast, delete, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")

_BATCH = 5_000  # keys in one statement: two columns each stay below SQLite's 32,766 and PostgreSQL's 65,535 values


def batches(items: Iterable[T]) -> Iterator[list[T]]:
    """The items in lists that one statement can take; none where there are no items."""
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch


_WORDS: Mapping[LiteralString, tuple[LiteralString, LiteralString]] = {
    "{keys}": ("IN (SELECT value FROM json_each(?))", "= ANY((SELECT $1::text[])::text[])"),
    "{bytes}": (
        "IN (SELECT CAST(value AS BLOB) FROM json_each(?))",
        "= ANY((SELECT array_agg(convert_to(key, 'UTF8')) FROM unnest($1::text[]) AS k (key))::bytea[])",
    ),
    "{locked}": ("", "FOR UPDATE"),  # who writes in SQLite is alone
}
_NUMBERS = frozenset({"position", "level", '"index"'})  # columns of a pair that are no text


class Query:
    """A question asked too often to be composed anew each time: about rows of which a column is among many keys.

    `text`: with `{keys}` after that column, or `{bytes}` where bytes stand in it that spell out a text; `{locked}` at
    its end locks the rows, one after another in their order. In each database it is one statement, however many the
    keys. PostgreSQL is given them behind a SELECT: it plans a statement anew each time as long as it believes that
    fewer keys are cheaper. `kinds`: the types of its columns of keys there; none where the question has no keys.
    """

    def __init__(self, text: LiteralString) -> None:
        self.in_sqlite: LiteralString = text
        self.in_postgres: LiteralString = text
        for word, (sqlite_words, postgres_words) in _WORDS.items():
            self.in_sqlite = self.in_sqlite.replace(word, sqlite_words)
            self.in_postgres = self.in_postgres.replace(word, postgres_words)
        self.kinds: tuple[str, ...] = ("text",) if "{keys}" in text or "{bytes}" in text else ()

    def columns(self, keys: Iterable[Any]) -> list[list[Any]]:
        """The keys as PostgreSQL takes them: an array for each column."""
        return [list(keys)] if self.kinds else []


def all_about(table: Table) -> Query:
    """About some persons: whatever columns the table has, now or later, behind whom the row is about."""
    return Query(f"SELECT person, {', '.join(map(_quoted, table.c.keys()))} FROM {table.name} WHERE person {{keys}}")  # noqa: S608 (our own words)


def _quoted(column: str) -> str:
    return f'"{column}"'


def by_key(rows: Iterable[tuple[Any, ...]]) -> dict[Any, list[tuple[Any, ...]]]:
    """The rows by their first column."""
    found: dict[Any, list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found


class Pairs(Query):
    """The same about the rows of a table of which two columns are among many pairs, each named once.

    Each pair is looked up in the index: a list of pairs, written out, took longer to compose than to answer.
    """

    def __init__(self, columns: LiteralString, table: LiteralString, key: tuple[LiteralString, LiteralString]) -> None:
        one, two = key
        kinds: list[LiteralString] = ["int8" if column in _NUMBERS else "text" for column in key]
        self.kinds = tuple(kinds)
        pairs = "SELECT json_extract(value, '$[0]') AS one, json_extract(value, '$[1]') AS two FROM json_each(?)"
        mine = f"WHERE {one} = pair.one AND {two} = pair.two"
        # In this order in both: the pairs first, and then each by the index.
        self.in_sqlite = f"SELECT {columns} FROM ({pairs}) AS pair CROSS JOIN {table} {mine}"  # noqa: S608 (our own words)
        self.in_postgres = (
            f"SELECT {columns} FROM unnest((SELECT $1::{kinds[0]}[]), (SELECT $2::{kinds[1]}[])) AS pair (one, two)"  # noqa: S608 (likewise)
            f" CROSS JOIN LATERAL (SELECT {columns} FROM {table} {mine} OFFSET 0) AS found"
        )

    def columns(self, keys: Iterable[Any]) -> list[list[Any]]:
        return [list(column) for column in zip(*keys, strict=True)] or [[], []]


class Asking(ABC):
    """The part of a session that puts such questions straight to the driver."""

    @abstractmethod
    def ask_rows(self, query: Query, keys: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
        """A row for each find, in no order but that of the question."""

    def ask_all(self, *asked: tuple[Query, Iterable[Any]]) -> list[Iterable[tuple[Any, ...]]]:
        """The answers to questions with their keys, put one behind another: each sees what was committed by then."""
        return [self.ask_rows(query, keys) for query, keys in asked]


def insert(sql: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that knows `on_conflict_do_nothing` and `on_conflict_do_update`."""
    return postgresql.insert(table) if sql.dialect.name == "postgresql" else sqlite.insert(table)


def add(sql: Connection, table: Table, rows: Sequence[Mapping[str, Any]], key: tuple[str, ...] = ()) -> None:
    """Insert rows, which all have the same columns; where a `key` is named, one that stands under it gives way."""
    if not rows:
        return
    if key:  # of these, too, the last one under a key counts: a statement may not replace what it has just written
        rows = list({tuple(row[name] for name in key): row for row in rows}.values())
    if sql.dialect.name == "postgresql":
        from events.store.bulk import add_rows  # noqa: PLC0415 (comes with the extra `server`)

        add_rows(_driver(sql), table, rows, key)
        return
    statement = sqlite.insert(table)
    if key:
        new = {name: statement.excluded[name] for name in rows[0] if name not in key}
        statement = statement.on_conflict_do_update(index_elements=key, set_=new)
    sql.execute(statement, rows)


def remove(sql: Connection, table: Table, keys: Iterable[str], column: str = "person") -> None:
    """Delete all rows of these persons, or of which another column is among these keys."""
    if sql.dialect.name == "postgresql":
        from events.store.bulk import remove_rows  # noqa: PLC0415 (comes with the extra `server`)

        remove_rows(_driver(sql), table, column, keys)
        return
    for batch in batches(keys):
        sql.execute(delete(table).where(table.c[column].in_(batch)))


def about(sql: Connection, table: Table, keys: Iterable[Any], column: str = "person") -> list[Sequence[Any]]:
    """The rows of which the column is among these keys, in no order, each by all columns of the table in theirs."""
    if sql.dialect.name == "postgresql":
        from events.store.bulk import rows_of  # noqa: PLC0415 (comes with the extra `server`)

        return [*rows_of(_driver(sql), table, column, keys)]
    found: list[Sequence[Any]] = []
    for batch in batches(keys):
        found += sql.execute(select(table).where(table.c[column].in_(batch)))
    return found


def _driver(sql: Connection) -> Any:
    return sql.connection.driver_connection


def holds(sql: Connection, column: ColumnElement[bytes], part: bytes) -> ColumnElement[bool]:
    """Whether these bytes stand somewhere in the column."""
    place = func.pg_catalog.position if sql.dialect.name == "postgresql" else func.instr
    return place(column, cast(literal(part), LargeBinary)) > 0
