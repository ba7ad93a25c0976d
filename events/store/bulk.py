"""Many rows of one table in PostgreSQL: one statement whatever their number, its columns packed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from psycopg import Connection, RawCursor
from sqlalchemy import Boolean, Integer, LargeBinary, Table

from events.store.packed import Packed, blobs, numbers, texts, truths

_Pack = Callable[[Iterable[Any]], Packed]


def add_rows(driver: Connection[Any], table: Table, rows: Sequence[Mapping[str, Any]], key: tuple[str, ...]) -> None:
    """Insert the rows, which all have the same columns; one that stands under the same `key` gives way."""
    names = tuple(rows[0])
    text, packs = _insert(table, names, key)
    columns = [pack([row[name] for row in rows]) for name, pack in packs]
    RawCursor(driver).execute(text, columns, prepare=True)


def remove_rows(driver: Connection[Any], table: Table, name: str, keys: Iterable[Any]) -> None:
    """Delete the rows of which the column is among the keys."""
    text, pack = _delete(table, name)
    RawCursor(driver).execute(text, [pack(keys)], prepare=True)


def rows_of(driver: Connection[Any], table: Table, name: str, keys: Iterable[Any]) -> list[tuple[Any, ...]]:
    """The rows of which the column is among the keys, each by the columns of the table in their order."""
    text, pack = _select(table, name)
    return RawCursor(driver).execute(text, [pack(keys)], prepare=True, binary=True).fetchall()


@lru_cache
def _insert(table: Table, names: tuple[str, ...], key: tuple[str, ...]) -> tuple[str, list[tuple[str, _Pack]]]:
    values = ", ".join(f"${at}::{_kind(table, name)[0]}[]" for at, name in enumerate(names, 1))
    replaced = ", ".join(f'"{name}" = excluded."{name}"' for name in names if name not in key)
    conflict = f" ON CONFLICT ({_listed(key)}) DO UPDATE SET {replaced}" if key else ""
    text = f'INSERT INTO "{table.name}" ({_listed(names)}) SELECT * FROM unnest({values}){conflict}'  # noqa: S608 (names in our schema)
    return text, [(name, _kind(table, name)[1]) for name in names]


@lru_cache
def _delete(table: Table, name: str) -> tuple[str, _Pack]:
    return f"DELETE {_among(table, name)}", _kind(table, name)[1]


@lru_cache
def _select(table: Table, name: str) -> tuple[str, _Pack]:
    return f"SELECT {_listed(column.name for column in table.c)} {_among(table, name)}", _kind(table, name)[1]


def _among(table: Table, name: str) -> str:
    kind = _kind(table, name)[0]
    return f'FROM "{table.name}" WHERE "{name}" = ANY((SELECT $1::{kind}[])::{kind}[])'


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _kind(table: Table, name: str) -> tuple[str, _Pack]:
    type_ = table.c[name].type
    for known, sql_name, pack in _KINDS:
        if isinstance(type_, known):
            return sql_name, pack
    return "text", texts


_KINDS: tuple[tuple[type, str, _Pack], ...] = (
    (LargeBinary, "bytea", blobs),
    (Integer, "int8", numbers),  # BigInteger, too
    (Boolean, "bool", truths),
)
