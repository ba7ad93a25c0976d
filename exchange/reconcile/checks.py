"""The four checks over the stored state of a node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import nullcontext
from itertools import islice
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import select

from events.errors import Tampered
from events.store.errors import Unavailable
from events.store.sql.schema import dirty
from exchange.audit.rebuild import Closed, opened, unreadable
from exchange.books import Shelf, shelved
from exchange.everybody import everybody
from exchange.pipeline.joining import unmarked_from
from exchange.pipeline.relatives import tied
from exchange.pipeline.settled import Settled
from exchange.protocol.life.kinship import tied_to
from exchange.reconcile.altered import Altered, about_offices
from exchange.reconcile.causes import root_causes
from exchange.reconcile.evidence import Evidence
from exchange.reconcile.finding import Checked, Gathered
from exchange.reconcile.known import Known, Proved, Rows
from exchange.reconcile.places import Places, misplaced
from exchange.tables import proofs
from exchange.tables.proofs import Proof

if TYPE_CHECKING:
    from exchange.node import Node
    from exchange.unit_of_work import SqlSession

BATCH = 200

_log = structlog.get_logger(__name__)


def checks(node: Node, persons: Iterable[str] | None = None, *, trusted: bool = True, keep: bool = False) -> Checked:
    """E1 to E4 over everybody, or over the dossiers of these persons, at one moment of the store.

    `trusted`: where nothing was wrong and nothing has changed, nothing is derived again; else everything is, from the
    rows. `keep`: keep the proof of that for the next look.
    """
    gathered = Gathered()
    with node.uow.look() as session:
        node.learn_offices(session)
        if persons is None:
            gathered.find(about_offices(session))
        known = Known(node, session, trusted=trusted)
        unmarked = unmarked_from(session)
        for batch in everybody(session, BATCH) if persons is None else _batches(persons):
            _check(node, session, _Turn(session, batch, unmarked, whole=persons is None), known, gathered)
        if persons is None:
            gathered.find(misplaced(lambda: nullcontext(session), gathered.named))
    if keep and known.fresh:
        _keep(node, known.fresh)
    return gathered.checked(node.clock())


def _keep(node: Node, fresh: Iterable[Proof]) -> None:
    try:
        with node.uow.begin() as session:
            proofs.keep(session.sql, fresh)
    except Unavailable as error:
        if error.rule != "store.full":
            raise
        # A full disk makes the next look longer, and this one no less true.
        _log.warning("proofs_not_kept", rule=error.rule)


class _Turn:
    """The dossiers that are looked at in the turn of some persons; `whole`: one that comes up again only once."""

    def __init__(self, session: SqlSession, persons: list[str], unmarked: str | None, *, whole: bool) -> None:
        found = list(dict.fromkeys(session.dossiers(persons).values()))
        ids = [person for group in found for person in group]
        self.rows = Rows(session, ids)
        self.dossiers = [group for group in found if not whole or self.rows.first_known(group) in persons]
        self.under_way = _under_way(session, ids, unmarked)


def _check(node: Node, session: SqlSession, turn: _Turn, known: Known, gathered: Gathered) -> None:
    known.look(session, turn.rows, turn.dossiers)
    unknown: list[tuple[str, ...]] = []
    for ids in turn.dossiers:
        pairs = known.pairs(ids)
        if pairs is None or not turn.under_way.isdisjoint(ids):
            unknown.append(ids)
        else:
            gathered.persons += len(ids)
            gathered.pairs.update(pairs)
    dossiers, closed = _opened(node, turn.rows, unknown)
    altered = Altered((row for ids in unknown for row in turn.rows.logged(ids)), closed)
    gathered.find(altered.faults(closed))
    judged = []
    for one in dossiers:
        if not turn.under_way.isdisjoint(one.persons):
            gathered.waiting += len(one.persons)
        elif altered.unjudged.isdisjoint(one.persons):
            judged.append(one)
    proved = []
    for one, evidence in zip(judged, Evidence.read(node, session, judged, turn.rows), strict=True):
        gathered.persons += len(one.persons)
        gathered.pairs.update(evidence.pairs)
        faults = root_causes(evidence)
        gathered.find(faults)
        if not faults and altered.misplaced.isdisjoint(one.persons):
            proved.append(Proved(one.persons, evidence.pairs, _relatives(one)))
    known.nothing_wrong(session, proved)


def _opened(node: Node, rows: Rows, dossiers: Iterable[tuple[str, ...]]) -> tuple[list[Settled], list[Closed]]:
    """The dossiers as events and deliveries tell them; and those that do not open, or of which a row says nothing."""
    shelves: list[Shelf] = []
    unread: list[Closed] = []
    for ids in dossiers:
        try:
            shelves += shelved(rows.gathered(ids), node.keys, node.offices)
        except Tampered as error:
            unread.append(unreadable(node, ids, rows.records(ids), error))
    found, closed = opened(node, shelves)
    return found, [*unread, *closed]


def _relatives(one: Settled) -> frozenset[str]:
    """Those on whose dossiers what is due of this one may hang."""
    named = (tied_to(record) for own in one.done.records.values() for record in own if record.ties)
    return frozenset(tied(one.stored.values())).union(*named)


def offices_checked(node: Node) -> Checked:
    """Whether what was recorded of offices stands as it was logged: it is about nobody, and in everybody's books."""
    gathered = Gathered()
    with node.uow.look() as session:
        gathered.find(about_offices(session))
    return gathered.checked(node.clock())


def places_checked(node: Node, so_far: Checked, places: Places) -> Checked:
    """Whether log and feeds are in order, looked through to their end, beside what was found so far."""
    while not places.done:
        places.look(node.uow.look)
    gathered = Gathered()
    gathered.find(places.faults(node.uow.look, so_far.differences))
    return gathered.checked(node.clock())


def _batches(persons: Iterable[str]) -> Iterator[list[str]]:
    rest = iter(persons)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _under_way(session: SqlSession, persons: Sequence[str], unmarked: str | None) -> set[str]:
    """Those of these about whom there is work still to be done."""
    marked = set(session.sql.execute(select(dirty.c.person).where(dirty.c.person.in_(persons))).scalars())
    return marked.union(person for person in persons if unmarked is not None and person > unmarked)
