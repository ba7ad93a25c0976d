"""Books: what each office's own side holds of what it was told, apart from what its tellers say (DESIGN.md E1)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Column, Connection, Index, LargeBinary, PrimaryKeyConstraint, Table, Text, select

from events.envelope import Part, Ref
from events.store.contract import NewDelivery
from events.store.sql.form import Form
from events.store.sql.rows import add, batches, remove
from events.store.sql.schema import ID, OFFICE
from exchange.tables import digests
from exchange.tables.schema import metadata

books = Table(
    "books",
    metadata,
    Column("office", OFFICE, nullable=False),
    Column("person", ID, nullable=False),
    Column("author", OFFICE, nullable=False),
    Column("id", ID, nullable=False),
    Column("teller", OFFICE, nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("parts", Text, nullable=False),
    Column("told", LargeBinary, nullable=False),
    PrimaryKeyConstraint("office", "author", "id", "teller"),
    Index("ix_books_person", "person"),
)

_FORM = Form(books.c)
_told = msgspec.json.Decoder(NewDelivery)
_parts = msgspec.json.Decoder(list[Part])
_KEY = ("office", "author", "id", "teller")


class BookRow(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One event in one office's book. `leaf`: its leaf hash as the office computed it; `told`: the delivery it took."""

    office: str
    person: str
    ref: Ref
    teller: str
    leaf: bytes
    parts: frozenset[Part]
    told: NewDelivery


def hold(sql: Connection, rows: Iterable[BookRow]) -> None:
    """Take these into the books; a later revision takes the place of an earlier one."""
    add(sql, books, [_values(row) for row in rows], _KEY)


def of_persons(sql: Connection, persons: Collection[str]) -> tuple[BookRow, ...]:
    """What all offices hold of these persons, by office and event."""
    found = [
        row_of(row)
        for batch in batches(sorted(set(persons)))
        for row in sql.execute(select(books).where(books.c.person.in_(batch)))
    ]
    return tuple(sorted(found, key=order))


def row_of(values: Sequence[Any]) -> BookRow:
    """The entry in a row of all columns, in their order."""
    office, person, author, id_, teller, leaf, parts, told = _FORM.mended(values)
    return _made(office, person, Ref(author, id_), teller, leaf, parts, told)


def order(row: BookRow) -> tuple[str, Ref, str]:
    """By office and event."""
    return (row.office, row.ref, row.teller)


def clear(sql: Connection, persons: Collection[str]) -> None:
    """Forget what the books hold of these persons, before a rebuild writes it anew."""
    remove(sql, books, persons)
    digests.forget(sql, persons)


def _values(row: BookRow) -> dict[str, Any]:
    return {
        "office": row.office,
        "person": row.person,
        "author": row.ref.author,
        "id": row.ref.id,
        "teller": row.teller,
        "leaf": row.leaf,
        "parts": msgspec.json.encode(sorted(row.parts)).decode(),
        "told": msgspec.json.encode(row.told, order="sorted"),
    }


def _made(office: str, person: str, ref: Ref, teller: str, leaf: bytes, held: Any, taken: Any) -> BookRow:
    try:
        parts, told = frozenset(_parts.decode(held)), _told.decode(taken)
    except (msgspec.DecodeError, UnicodeDecodeError, TypeError):  # altered: as a telling that nobody made
        parts = frozenset()
        told = NewDelivery(ref=ref, person=person, teller=teller, to=office, parts=parts, ground="")
    return BookRow(office=office, person=person, ref=ref, teller=teller, leaf=leaf, parts=parts, told=told)
