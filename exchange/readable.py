"""Dossiers that can be read, though something of another was altered: that one concerns nobody else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

import structlog

from events.errors import Tampered
from exchange.books import UNREADABLE, Shelf, shelves
from exchange.protocol.record import Record
from exchange.protocol.view import view
from exchange.tables import records as rows
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

Unread = Callable[[tuple[str, ...], Tampered], None]
_log = structlog.get_logger(__name__)


class Seen(NamedTuple):
    """An office's records of some persons. `closed`: what stands in the clear of those who cannot be read. `lost`: the
    ids of those whom it holds and of whom not even that can be.
    """

    records: list[Record]
    closed: list[Record]
    lost: list[str]


def seen(node: Node, session: SqlSession, office: str, persons: Iterable[str]) -> Seen:
    """What the office holds of these persons and of those read together with them, the newest included."""
    found = Seen([], [], [])
    lost: list[str] = []
    for shelf in readable(node, session, sorted(persons), lambda ids, _: lost.extend(ids), pending=True):
        one = of_shelf(shelf, office)
        found.records.extend(one.records)
        found.closed.extend(one.closed)
        lost.extend(one.lost)
    # Whom others hold is nothing to the office, not even that they cannot be read.
    found.lost.extend(person for person in lost if rows.one(session.sql, office, person) is not None)
    return found


def of_shelf(shelf: Shelf, office: str) -> Seen:
    """The same of one dossier: of those who share a document one may be unreadable, and the other not."""
    try:
        return Seen(list(view(shelf.book(office))), [], [])
    except UNREADABLE as error:
        _log.error("dossier_unreadable", person=shelf.persons[0], rule=error.rule)
    unread = _unopened(shelf)
    try:
        records = view(shelf.closed(but=set(shelf.persons) - unread).book(office))
    except UNREADABLE:
        return Seen([], [], list(shelf.persons))
    found = Seen([], [], [])
    for record in records:
        (found.records if unread.isdisjoint(record.persons) else found.closed).append(record)
    return found


def about(shelf: Shelf, person: str, office: str) -> Shelf:
    """The dossier as it can be read about this person, whoever else is read with it. Raises one of UNREADABLE."""
    try:
        shelf.book(office)
    except UNREADABLE:
        unread = _unopened(shelf)
        if not unread.isdisjoint(shelf.of(person).persons):
            raise
        return shelf.closed(but=set(shelf.persons) - unread)
    return shelf


def _unopened(shelf: Shelf) -> set[str]:
    """Those of whom a key or a part does not open."""
    found = {person for _, person in shelf.unopened()}
    for person in shelf.persons:
        try:
            shelf.cipher(person)
        except UNREADABLE:
            found.add(person)
    return found


def readable(
    node: Node, session: SqlSession, persons: Sequence[str], unread: Unread, *, pending: bool = False
) -> list[Shelf]:
    """The dossiers of these persons, read together; one by one where that fails, which shows whose it is.

    `unread`: is told of each dossier that cannot be read, by its ids, and why.
    """
    try:
        return shelves(session, node.keys, node.offices, persons, pending=pending)
    except Tampered:
        dossiers = dict.fromkeys(session.dossiers(persons).values())
        return [shelf for ids in dossiers for shelf in _alone(node, session, ids, unread, pending)]


def _alone(node: Node, session: SqlSession, ids: tuple[str, ...], unread: Unread, pending: bool) -> list[Shelf]:
    try:
        return shelves(session, node.keys, node.offices, ids, pending=pending)
    except Tampered as error:
        unread(ids, error)
        return []
