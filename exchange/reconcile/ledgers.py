"""The ledgers of two areas, or of the whole tree, compared down the tree of buckets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from events.envelope import Ref
from events.store.moment import to_moment
from exchange.protocol.comparing.ledger import MOST, Entry, Walked, walk
from exchange.reconcile import sides
from exchange.reconcile.digesting import bring_up, forged
from exchange.reconcile.finding import Difference
from exchange.reconcile.logged import latest_moment
from exchange.reconcile.sides import Side, TooMany
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node


class Ledgers(msgspec.Struct, frozen=True, kw_only=True):
    """What was told and what is held between two areas, each how the codes of its offices begin.

    `at`: the log's moment at which both ledgers were read. `shared`: entries that the ledgers have in common; `trips`,
    `exchanged`: questions from side to side, and the bytes of the answers; `read`: rows that were read for it, also to
    bring kept digests up to date. `differing`: what one of the ledgers lacks, the first of it; `differing_in_all`: how
    much that is. `forged`: kept digests that were not what the rows say, where all rows were asked.
    """

    one: str
    other: str
    at: datetime
    shared: int
    trips: int
    exchanged: int
    read: int
    differing: tuple[Difference, ...]
    differing_in_all: int
    forged: int

    @property
    def alike(self) -> bool:
        """Whether what was told is what is held, and the kept digests say so."""
        return not self.differing and not self.forged


def ledgers(node: Node, one: str = "", other: str = "", *, trusted: bool = True) -> Ledgers:
    """Compare the ledgers of two areas; `other` empty: of the one with everybody; both: of the whole tree.

    `trusted`: whether kept digests, where they are up to date, are taken for what the rows say.
    """
    read, current = bring_up(node)
    with node.uow.look() as session:
        moment, unfit = latest_moment(session)
        wrong = 0 if trusted else forged(session.sql)
        walks = []
        for areas in dict.fromkeys([(one, other), (other, one)]):
            walked, rows = _walked(session, areas, trusted=trusted and current)
            walks.append(walked)
            read += rows
    differing = {found for each in walks for found in _differences(each.only_here, each.only_there)}
    named = sum(len(each.only_here) + len(each.only_there) for each in walks)
    return Ledgers(
        one=one,
        other=other,
        at=to_moment(0 if unfit else moment),
        shared=sum(walked.shared for walked in walks),
        trips=sum(walked.trips for walked in walks),
        exchanged=sum(walked.exchanged for walked in walks),
        differing=tuple(sorted(differing)[:MOST]),
        differing_in_all=len(differing) + sum(walked.differing for walked in walks) - named,
        read=read,
        forged=wrong,
    )


def _walked(session: SqlSession, areas: tuple[str, str], *, trusted: bool) -> tuple[Walked, int]:
    """What differs between the two sides, and how many rows were read for it."""
    here, there = _sides(session, areas, trusted=trusted)
    if there.inside:
        here.rows.most = there.rows.most = max(there.count(), sides.FEW)
    try:
        return walk(here, there), here.rows.read + there.rows.read
    except TooMany:
        read = here.rows.read + there.rows.read
        found, more = _walked(session, areas, trusted=False)
        return found, read + more


def _sides(session: SqlSession, areas: tuple[str, str], *, trusted: bool) -> tuple[Side, Side]:
    """What was told, and what is held."""
    return (
        Side(session.sql, sides.told(session.sql, *areas), areas, "told" if trusted else None),
        Side(session.sql, sides.held(session.sql, *areas), areas, "held" if trusted else None),
    )


def _differences(told: Iterable[Entry], held: Iterable[Entry]) -> Iterator[Difference]:
    keys = [{(e.author, e.id, e.teller, e.to): e.person for e in entries} for entries in (told, held)]
    for key, person in sorted({**keys[1], **keys[0]}.items()):
        author, id_, teller, to = key
        what = "same" if key in keys[0] and key in keys[1] else "held" if key in keys[0] else "delivered"
        yield Difference("ledger", to, person, teller, Ref(author, id_), (what,))
