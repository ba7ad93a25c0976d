"""Repair: deliver again. What is due is read anew, and each office takes once more what it was told."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from exchange.audit.rebuild import as_stored
from exchange.everybody import next_persons
from exchange.pipeline.advance import advance
from exchange.pipeline.project import held_rows
from exchange.reconcile.checks import checks
from exchange.reconcile.fed import take_note
from exchange.reconcile.finding import Difference
from exchange.tables import books, digests

if TYPE_CHECKING:
    from exchange.node import Node


BATCH = 200
FEW = 20  # so that their faults are all named


def repair(node: Node, differences: Iterable[Difference]) -> int:
    """Settle the persons of these differences anew and write their projections again. How many persons that were.

    A fault in an event itself is no matter of delivering: the log's proofs find it, and a backup heals it.
    """
    found = list(differences)
    with node.uow.begin() as session:
        take_note(session, {difference.office for difference in found})
    persons = sorted({difference.person for difference in found if difference.person})
    return sum(_repair(node, persons[at : at + BATCH]) for at in range(0, len(persons), BATCH))


def repair_everybody(node: Node) -> int:
    """Check everybody, some at a time, and repair whatever is found: for more faults than the checks name."""
    repaired, after = 0, ""
    while True:
        with node.uow.look() as session:
            persons = next_persons(session, after, FEW)
        if not persons:
            return repaired
        repaired += repair(node, checks(node, persons).differences)
        after = persons[-1]


def forget_digests(node: Node) -> None:
    """Let go of kept digests that are not what the rows say: whoever compares next makes all of them anew."""
    with node.uow.begin() as session:
        digests.begin(session.sql)
        digests.forget_all(session.sql)


def _repair(node: Node, persons: list[str]) -> int:
    with node.uow.begin() as session:
        dossiers, closed = as_stored(node, session, persons)
        # Whose key does not open cannot be settled, and would only wait for ever.
        persons = [person for person in persons if all(person not in one.persons for one in closed)]
        books.clear(session.sql, [person for one in dossiers for person in one.shelf.persons])
        told = [delivery for one in dossiers for delivery in one.shelf.latest]
        books.hold(session.sql, held_rows(node, dossiers, told))
        session.mark_dirty(persons, node.clock())
    advance(node)
    return len(persons)
