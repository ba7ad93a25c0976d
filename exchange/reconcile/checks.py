"""The four checks over the stored state of a node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from sqlalchemy import select

from events.store.sql.schema import dirty
from exchange.audit.rebuild import as_stored
from exchange.everybody import everybody
from exchange.pipeline.joining import unmarked_from
from exchange.pipeline.settled import Settled
from exchange.reconcile.altered import Altered
from exchange.reconcile.causes import root_causes
from exchange.reconcile.evidence import Evidence
from exchange.reconcile.finding import Checked, Gathered

if TYPE_CHECKING:
    from exchange.node import Node
    from exchange.unit_of_work import SqlSession

BATCH = 200


def checks(node: Node, persons: Iterable[str] | None = None) -> Checked:
    """E1 to E4 over everybody, or over the dossiers of these persons, at one moment of the store."""
    gathered = Gathered()
    with node.uow.look() as session:
        if persons is None:
            gathered.find(Altered(session.rows_about_offices()).faults())
        unmarked = unmarked_from(session)
        for batch in everybody(session, BATCH) if persons is None else _batches(persons):
            dossiers, closed = as_stored(node, session, batch)
            known = [person for one in dossiers for person in one.persons]
            known += [person for one in closed for person in one.persons]
            altered = Altered(session.rows_of(known), closed)
            gathered.find(altered.faults(closed))
            own = [one for one in dossiers if persons is not None or _first_known(one) in batch]
            under_way = _under_way(session, [person for one in own for person in one.persons], unmarked)
            for one in own:
                if not altered.unjudged.isdisjoint(one.persons):
                    continue
                if under_way.isdisjoint(one.persons):
                    gathered.persons += len(one.persons)
                    evidence = Evidence.read(node, session, one)
                    gathered.pairs.update(evidence.pairs)
                    gathered.find(root_causes(evidence))
                else:
                    gathered.waiting += len(one.persons)
    return gathered.checked(node.clock())


def offices_checked(node: Node) -> Checked:
    """Whether what was recorded of offices stands as it was logged: it is about nobody, and in everybody's books."""
    gathered = Gathered()
    with node.uow.look() as session:
        gathered.find(Altered(session.rows_about_offices()).faults())
    return gathered.checked(node.clock())


def _first_known(one: Settled) -> str:
    """The id in whose turn a dossier is looked at that comes up with each of its ids."""
    return min({event.frame.subject.id for event in one.stored.values()} or one.persons)


def _batches(persons: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(persons)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _under_way(session: SqlSession, persons: Sequence[str], unmarked: str | None) -> set[str]:
    """Those of these about whom there is work still to be done."""
    marked = set(session.sql.execute(select(dirty.c.person).where(dirty.c.person.in_(persons))).scalars())
    return marked.union(person for person in persons if unmarked is not None and person > unmarked)
