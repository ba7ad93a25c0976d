"""The four checks over the stored state of a node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import select

from events.store.sql.schema import dirty
from exchange.audit.rebuild import Closed, as_stored
from exchange.everybody import everybody
from exchange.pipeline.joining import unmarked_from
from exchange.pipeline.settled import Settled
from exchange.reconcile.causes import root_causes
from exchange.reconcile.evidence import Evidence
from exchange.reconcile.finding import Checked, Difference, Gathered

if TYPE_CHECKING:
    from exchange.node import Node
    from exchange.unit_of_work import SqlSession

BATCH = 200


def checks(node: Node, persons: Iterable[str] | None = None) -> Checked:
    """E1 to E4 over everybody, or over the dossiers of these persons, at one moment of the store."""
    gathered = Gathered()
    with node.uow.look() as session:
        unmarked = unmarked_from(session)
        for batch in everybody(session, BATCH) if persons is None else _batches(persons):
            dossiers, closed = as_stored(node, session, batch)
            gathered.find(map(_unreadable, closed))
            own = [one for one in dossiers if persons is not None or _first_known(one) in batch]
            under_way = _under_way(session, [person for one in own for person in one.shelf.persons], unmarked)
            for one in own:
                if under_way.isdisjoint(one.shelf.persons):
                    gathered.persons += len(one.shelf.persons)
                    evidence = Evidence.read(node, session, one)
                    gathered.pairs.update(evidence.pairs)
                    gathered.find(root_causes(evidence))
                else:
                    gathered.waiting += len(one.shelf.persons)
    return gathered.checked(node.clock())


def _first_known(one: Settled) -> str:
    """The id in whose turn a dossier is looked at that comes up with each of its ids."""
    return min({event.frame.subject.id for event in one.stored.values()} or one.shelf.persons)


def _batches(persons: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(persons)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _under_way(session: SqlSession, persons: Sequence[str], unmarked: str | None) -> set[str]:
    """Those of these about whom there is work still to be done."""
    marked = set(session.sql.execute(select(dirty.c.person).where(dirty.c.person.in_(persons))).scalars())
    return marked.union(person for person in persons if unmarked is not None and person > unmarked)


def _unreadable(found: Closed) -> Difference:
    """One fault, however many offices cannot be shown what they hold."""
    first, *others = found.offices or ("",)
    root, *rest = (Difference("view", office, found.persons[0], lacking=(found.rule,)) for office in (first, *others))
    return msgspec.structs.replace(root, consequences=tuple(rest))
