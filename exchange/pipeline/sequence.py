"""Sequence: give log indexes to what was recorded, and mark whose books must be read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from exchange.node import Node

BATCH = 2000


def sequence(node: Node, limit: int = BATCH) -> int:
    """Sequence about this many events in one transaction. The number that were."""
    node.step("before sequence")
    with node.uow.begin() as session:
        given = len(session.sequence(limit, node.clock()))
        node.step("sequenced")
    node.step("after sequence")
    return given
