"""Repair: deliver again. What is due is read anew, and each office takes once more what it was told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from exchange.audit.rebuild import as_stored
from exchange.pipeline.advance import advance
from exchange.pipeline.project import held_rows
from exchange.reconcile.finding import Difference
from exchange.tables import books

if TYPE_CHECKING:
    from exchange.node import Node


def repair(node: Node, differences: Iterable[Difference]) -> int:
    """Settle the persons of these differences anew and write their projections again. How many persons that were.

    A fault in an event itself is no matter of delivering: the log's proofs find it, and a backup heals it.
    """
    persons = sorted({difference.person for difference in differences})
    if not persons:
        return 0
    with node.uow.begin() as session:
        dossiers, closed = as_stored(node, session, persons)
        # Whose key does not open cannot be settled, and would only wait for ever.
        persons = [person for person in persons if all(person not in one.persons for one in closed)]
        books.clear(session.sql, [person for one in dossiers for person in one.shelf.persons])
        told = [delivery for one in dossiers for delivery in one.shelf.latest()]
        books.hold(session.sql, held_rows(node, dossiers, told))
        session.mark_dirty(persons, node.clock())
    advance(node)
    return len(persons)
