"""Sequence: give log indexes to what was recorded, and mark whose books must be read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from events.errors import Tampered

if TYPE_CHECKING:
    from exchange.node import Node

BATCH = 2000
LOOKED = 200  # events set aside that are looked at again in one round

_log = structlog.get_logger(__name__)


def sequence(node: Node, limit: int = BATCH) -> int:
    """Sequence about this many events in one transaction. The number that were.

    What does not open is set aside, with what follows it in its stream, and holds up nobody else.
    """
    node.step("before sequence")
    while (given := _sequenced(node, limit)) is None:
        pass
    node.step("after sequence")
    return given


def resume(node: Node) -> None:
    """Let wait again what was set aside and opens now, for whoever holds the database has put it right."""
    with node.uow.begin() as session:
        node.resumed = session.resume(node.resumed, LOOKED)


def _sequenced(node: Node, limit: int) -> int | None:
    """None where something was set aside instead."""
    try:
        with node.uow.begin() as session:
            given = len(session.sequence(limit, node.clock()))
            node.step("sequenced")
    except Tampered:
        with node.uow.begin() as session:
            aside = session.set_aside(limit, node.clock())
        if not aside:  # then it is not an event that does not open
            raise
        for one in aside:
            _log.error("event_set_aside", author=one.ref.author, id=one.ref.id, subject=one.subject, why=one.why)
        return None
    return given
