"""Rebuild: every projection from events and deliveries alone. A changed view forces it; it never tells anybody anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from events.envelope import Ref
from events.errors import Tampered
from exchange.audit.lists import Lists
from exchange.books import UNREADABLE, Shelf
from exchange.everybody import everybody, next_persons
from exchange.firsts import Firsts
from exchange.pipeline.likening import liken
from exchange.pipeline.project import project, record_rows, write_records
from exchange.pipeline.settled import Settled
from exchange.progress import Tell, nobody
from exchange.protocol.settle import Settlement
from exchange.protocol.view import view
from exchange.readable import readable
from exchange.tables import books, records
from exchange.tables.records import RecordRow
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

Key = tuple[str, str]


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """`differing`: (office, person) of each record that was not what its book says, was missing or too much, of whom
    the office's cases or inbox were not, or of a person whose key or part does not open, and of whom everything is left
    as it stands. The first of them only; `differing_in_all`: how many there are.
    """

    persons: int
    records: int
    differing: tuple[Key, ...]
    differing_in_all: int


class Closed(msgspec.Struct, frozen=True, kw_only=True):
    """A dossier that does not open: what it says nobody can tell, and whoever looks names it.

    `offices`: those served here that recorded or were told anything; `rule`: what was broken; `events`: those of which
    a part does not open, each with whom it is about; `row`: the event of which a row says nothing.
    """

    persons: tuple[str, ...]
    offices: tuple[str, ...]
    rule: str
    events: tuple[tuple[Ref, str], ...] = ()
    row: Ref | None = None

    @property
    def keys(self) -> list[Key]:
        """The records that it should have."""
        return [(office, self.persons[0]) for office in self.offices]


def rebuild(node: Node, batch: int = 200, tell: Tell = nobody) -> Rebuilt:
    """Write all projections anew, some persons a transaction, and say which records that changed.

    `tell`: how many persons are done, now and then.
    """
    tally = _Tally(tell)
    after: str | None = ""
    while after is not None:
        with node.uow.begin() as session:
            some = next_persons(session, after, batch)
            dossiers = tally.look(node, session, some)
            books.clear(session.sql, [person for one in dossiers for person in one.shelf.persons])
            write_records(node, session, dossiers)
            project(node, session, dossiers, [d for one in dossiers for d in one.shelf.latest])
            liken(node, session, dossiers, anew=True)
        after = some[-1] if some else None
    return tally.rebuilt()


def compare(node: Node, batch: int = 200, tell: Tell = nobody) -> Rebuilt:
    """The same look without writing anything."""
    tally = _Tally(tell)
    with node.uow.look() as session:
        for some in everybody(session, batch):
            tally.look(node, session, some)
    return tally.rebuilt()


class _Tally:
    """What was seen so far, without the dossiers themselves."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._persons = self._records = 0
        self._differing: Firsts[Key] = Firsts()

    def look(self, node: Node, session: SqlSession, persons: list[str]) -> list[Settled]:
        """Read their dossiers, and count. Those that open."""
        dossiers, closed = as_stored(node, session, persons)
        new, found = compared(node, session, dossiers)
        self._differing.add([*found, *(key for one in closed for key in one.keys)])
        self._persons += len(persons)
        self._records += len(new)
        self._tell(self._persons)
        return dossiers

    def rebuilt(self) -> Rebuilt:
        return Rebuilt(
            persons=self._persons,
            records=self._records,
            differing=tuple(self._differing.kept),
            differing_in_all=self._differing.in_all,
        )


def as_stored(node: Node, session: SqlSession, persons: list[str]) -> tuple[list[Settled], list[Closed]]:
    """The dossiers as events and deliveries tell them, nothing settled anew; and those that do not open."""
    unread: list[Closed] = []

    def note(ids: tuple[str, ...], error: Tampered) -> None:
        unread.append(unreadable(node, ids, records.of_persons(session.sql, ids), error))

    found, closed = opened(node, readable(node, session, persons, note))
    return found, [*unread, *closed]


def opened(node: Node, shelves: Iterable[Shelf]) -> tuple[list[Settled], list[Closed]]:
    """The dossiers on these shelves, and those that do not open."""
    found: list[Settled] = []
    closed: list[Closed] = []
    for shelf in shelves:
        try:
            shelf.require_keys()
            found.append(unsettled(node, shelf))
        except UNREADABLE as error:
            offices = tuple(sorted(filter(node.serves, shelf.concerned())))
            rule = str(error.rule)
            closed.append(Closed(persons=shelf.persons, offices=offices, rule=rule, events=shelf.unopened()))
    return found, closed


def unreadable(node: Node, ids: tuple[str, ...], stored: Iterable[RecordRow], error: Tampered) -> Closed:
    """A dossier with a row that says nothing; who has a record of it is concerned."""
    offices = sorted({row.office for row in stored if node.serves(row.office)})
    row = error.details.get("event")
    return Closed(persons=ids, offices=tuple(offices), rule=str(error.rule), row=row if isinstance(row, Ref) else None)


def unsettled(node: Node, shelf: Shelf) -> Settled:
    """One dossier as it is stored."""
    own = {office: shelf.book(office) for office in sorted(shelf.concerned()) if node.serves(office)}
    return Settled(shelf, own, Settlement([], [], {office: view(book) for office, book in own.items()}), ())


def compared(node: Node, session: SqlSession, dossiers: list[Settled]) -> tuple[dict[Key, RecordRow], list[Key]]:
    """The records that should stand, and of whom what stands differs from them, or from the lists beside them."""
    new = {(row.office, row.person): row for one in dossiers for row in record_rows(one)}
    persons = [person for one in dossiers for person in one.shelf.persons]
    old = {(row.office, row.person): row for row in records.of_persons(session.sql, persons)}
    found = {key for key in new.keys() | old.keys() if clear(new.get(key)) != clear(old.get(key))}
    lists = Lists.read(session, persons)
    found |= {(office, person) for one in dossiers for office, person, _ in lists.differing(node, one)}
    return new, sorted(found)


def clear(row: RecordRow | None) -> object:
    """What can be compared of a row: everything but the seal, which is never twice the same."""
    return None if row is None else msgspec.structs.replace(row, sealed=b"")
