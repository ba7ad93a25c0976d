"""Dossiers that can be read, though the frame of an event of another was altered: that one concerns nobody else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from events.errors import Tampered
from exchange.books import Shelf, shelves
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

Unread = Callable[[tuple[str, ...], Tampered], None]


def readable(node: Node, session: SqlSession, persons: Sequence[str], unread: Unread) -> list[Shelf]:
    """The dossiers of these persons, read together; one by one where that fails, which shows whose it is.

    `unread`: is told of each dossier that cannot be read, by its ids, and why.
    """
    try:
        return shelves(session, node.keys, node.offices, persons)
    except Tampered:
        dossiers = dict.fromkeys(session.dossiers(persons).values())
        return [shelf for ids in dossiers for shelf in _alone(node, session, ids, unread)]


def _alone(node: Node, session: SqlSession, ids: tuple[str, ...], unread: Unread) -> list[Shelf]:
    try:
        return shelves(session, node.keys, node.offices, ids)
    except Tampered as error:
        unread(ids, error)
        return []
