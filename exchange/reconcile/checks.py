"""The four checks over the stored state of a node."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import select

from events.store.sql.schema import dirty
from exchange.audit.rebuild import as_stored
from exchange.everybody import everybody
from exchange.pipeline.settled import Settled
from exchange.protocol.agreement import Finding, PairState, findings
from exchange.reconcile.entitlement import check_entitlement
from exchange.reconcile.finding import Checked, Difference
from exchange.reconcile.ledger import check_ledger
from exchange.reconcile.views import check_views
from exchange.tables import books, records
from exchange.unit_of_work import SqlSession

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
                    differences += _check(node, session, one, pairs)
                else:
                    waiting += len(one.shelf.persons)
    found = tuple(sorted(set(differences), key=_order))
    return Checked(at=node.clock(), persons=checked, waiting=waiting, pairs=dict(pairs), differences=found)


def _check(node: Node, session: SqlSession, one: Settled, pairs: Counter[PairState]) -> list[Difference]:
    held = books.of_persons(session.sql, one.shelf.persons)
    stored = records.of_persons(session.sql, one.shelf.persons)
    agreed = findings(one.done.records)
    pairs.update(finding.state for finding in agreed)
    return [
        *check_ledger(one, held, node.serving),
        *check_views(one, held, stored, node.serving),
        *check_entitlement(one, node),
        *(_disagreement(finding) for finding in agreed if finding.state == "different"),
    ]


def _disagreement(finding: Finding) -> Difference:
    return Difference("agreement", finding.other, finding.person, finding.keeper, lacking=finding.fields)


def _order(found: Difference) -> tuple[str, ...]:
    return (found.check, found.office, found.person, found.other, str(found.event), *found.lacking)
