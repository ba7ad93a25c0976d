"""The four checks over the stored state of a node."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select

from events.store.sql.schema import dirty
from exchange.audit.rebuild import as_stored
from exchange.everybody import everybody
from exchange.protocol.agreement import PairState
from exchange.reconcile.causes import root_causes
from exchange.reconcile.evidence import Evidence
from exchange.reconcile.finding import Checked, Difference

if TYPE_CHECKING:
    from exchange.node import Node

BATCH = 200


def checks(node: Node, persons: Iterable[str] | None = None) -> Checked:
    """E1 to E4 over everybody, or over the dossiers of these persons, at one moment of the store."""
    pairs: Counter[PairState] = Counter()
    differences: list[Difference] = []
    checked = waiting = 0
    with node.uow.look() as session:
        under_way = set(session.sql.execute(select(dirty.c.person)).scalars())
        for batch in [list(persons)] if persons is not None else everybody(session, BATCH):
            for one in as_stored(node, session, batch):
                if under_way.isdisjoint(one.shelf.persons):
                    checked += len(one.shelf.persons)
                    evidence = Evidence.read(node, session, one)
                    pairs.update(evidence.pairs)
                    differences += root_causes(evidence)
                else:
                    waiting += len(one.shelf.persons)
    found = tuple(sorted(set(differences), key=_order))
    return Checked(at=node.clock(), persons=checked, waiting=waiting, pairs=dict(pairs), differences=found)


def _order(found: Difference) -> tuple[str, ...]:
    return (found.check, found.office, found.person, found.other, str(found.event), *found.lacking)
