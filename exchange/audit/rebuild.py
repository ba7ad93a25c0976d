"""Rebuild: every projection from events and deliveries alone. A changed view forces it; it never tells anybody anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from exchange.books import Shelf, shelves
from exchange.everybody import everybody
from exchange.pipeline.project import project, record_rows, write_records
from exchange.pipeline.settled import Settled
from exchange.protocol.settle import Settlement
from exchange.protocol.view import view
from exchange.tables import books, records
from exchange.tables.records import RecordRow
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

Key = tuple[str, str]


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """`differing`: (office, person) of each record that was not what its book says, or was missing, or too much."""

    persons: int
    records: int
    differing: tuple[Key, ...]


def rebuild(node: Node, batch: int = 200) -> Rebuilt:
    """Write all projections anew, some persons a transaction, and say which records that changed."""
    persons = count = 0
    differing: list[Key] = []
    with node.uow.look() as session:
        everyone = list(everybody(session, batch))
    for some in everyone:
        with node.uow.begin() as session:
            dossiers = as_stored(node, session, some)
            new, found = compared(session, dossiers)
            differing += found
            held = [person for one in dossiers for person in one.shelf.persons]
            books.clear(session.sql, held)
            write_records(node, session, dossiers)
            project(node, session, dossiers, [d for one in dossiers for d in one.shelf.latest()])
            persons += len(some)
            count += len(new)
    return Rebuilt(persons=persons, records=count, differing=tuple(differing))


def compare(node: Node, batch: int = 200) -> Rebuilt:
    """The same look without writing anything."""
    persons = count = 0
    differing: list[Key] = []
    with node.uow.look() as session:
        for some in everybody(session, batch):
            new, found = compared(session, as_stored(node, session, some))
            differing += found
            persons += len(some)
            count += len(new)
    return Rebuilt(persons=persons, records=count, differing=tuple(differing))


def as_stored(node: Node, session: SqlSession, persons: list[str]) -> list[Settled]:
    """The dossiers as events and deliveries tell them, nothing settled anew."""
    return [unsettled(node, shelf) for shelf in shelves(session, node.keys, node.offices, persons)]


def unsettled(node: Node, shelf: Shelf) -> Settled:
    """One dossier as it is stored."""
    own = {office: shelf.book(office) for office in sorted(shelf.concerned()) if node.serves(office)}
    return Settled(shelf, own, Settlement([], [], {office: view(book) for office, book in own.items()}), ())


def compared(session: SqlSession, dossiers: list[Settled]) -> tuple[dict[Key, RecordRow], list[Key]]:
    """The rows that should stand, and where what stands differs from them."""
    new = {(row.office, row.person): row for one in dossiers for row in record_rows(one)}
    persons = [person for one in dossiers for person in one.shelf.persons]
    old = {(row.office, row.person): row for row in records.of_persons(session.sql, persons)}
    return new, sorted(key for key in new.keys() | old.keys() if clear(new.get(key)) != clear(old.get(key)))


def clear(row: RecordRow | None) -> object:
    """What can be compared of a row: everything but the seal, which is never twice the same."""
    return None if row is None else msgspec.structs.replace(row, sealed=b"")
