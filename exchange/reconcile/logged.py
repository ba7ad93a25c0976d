"""The log in its order: no index is missing or another's, and no moment before the one before it. Part of E1.

Each index is held against the tree, which has the hash of every event at its place.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import and_, select, tuple_

from events.envelope import Ref
from events.errors import Tampered
from events.log.leaf import leaf_of
from events.log.tiles import TILE_WIDTH
from events.log.tree import HASH_BYTES
from events.store.moment import to_moment
from events.store.sql.form import NO_NUMBER, Form
from events.store.sql.schema import events, log, log_head, pending, tiles
from exchange.firsts import MOST
from exchange.reconcile.finding import Difference
from exchange.reconcile.order import BESIDE, in_order, out_of_order
from exchange.unit_of_work import SqlSession

STEP = 10_000

_COLUMNS = (log.c.index, log.c.author, log.c.id, log.c.leaf, log.c.at)
_FORM = Form(_COLUMNS)
_ROWS = select(*_COLUMNS).order_by(log.c.index)
_UNLOGGED = (
    select(events.c.author, events.c.id, events.c.subject, events.c.body)
    .outerjoin(log, and_(log.c.author == events.c.author, log.c.id == events.c.id))
    .outerjoin(pending, and_(pending.c.author == events.c.author, pending.c.id == events.c.id))
    .where(log.c.id.is_(None), pending.c.id.is_(None))
)


class _Row(NamedTuple):
    """A row of the log, as its columns have it."""

    place: int
    author: str
    id: str
    leaf: bytes
    at: int


class Logged(msgspec.Struct):
    """What was seen of the log so far, some rows a moment of the store. Of what is wrong it keeps the first.

    It can be written down between two looks, so that another process goes on.
    """

    next: int = 0  # the index that follows
    behind: int | None = None
    last: list[_Row] = []  # the rows before, to whose moments those of the next are compared
    elsewhere: dict[int, _Row] = {}  # rows that stand where the tree has another hash
    expected: dict[int, bytes] = {}  # what it has there, and where no row stands
    untimely: list[Ref] = []
    unfit: tuple[str, ...] = ()  # what of the head of the log says nothing

    def look(self, session: SqlSession) -> bool:
        """At the next rows. Whether there may be more."""
        latest, self.unfit = latest_moment(session)
        try:
            size = session.frontier().size
        except Tampered:
            self.unfit = (*self.unfit, "frontier")
            return False
        query = _ROWS if self.behind is None else _ROWS.where(log.c.index > self.behind)
        found: Sequence[Any] = _FORM.all(session.sql.execute(query.limit(STEP)).all())
        if found:
            self.behind = found[-1][0]
        whole = len(found) < STEP
        first, end = self.next, size if whole else min(found[-1][0] + 1, size)
        hashes = _hashes(session, first, end)
        places, _, _, stored, moments = zip(*found, strict=True) if found else ((),) * 5
        fits = places == tuple(range(first, first + len(found))) and first + len(found) <= size
        timely = in_order([*(row.at for row in self.last), *moments]) and max(moments, default=0) <= latest
        if fits and timely and b"".join(stored) == hashes:  # as nearly all do: no row is looked at by itself
            self.next += len(found)
            self.last = [*self.last, *map(_Row._make, found[-BESIDE:])][-BESIDE:]
        else:
            rows = list(map(_Row._make, found))
            leaves = {
                first + at // HASH_BYTES: hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)
            }
            for row in rows:
                self._place(row, size, leaves)
            if whole:
                self._miss(size, leaves)
            self._time(rows, latest)
        return not whole

    def faults(self, session: SqlSession) -> list[Difference]:
        """The events that stand at another place than the tree has them, or not in the log at all, and those whose
        moment does not fit between the others.
        """
        found = dict.fromkeys(self.untimely, "at")
        places = {leaf: index for index, leaf in self.expected.items()}
        moved = set()
        for row in self.elsewhere.values():
            # Its hash is nowhere in the tree: then the hash itself was altered, and its bytes with it, or not.
            found[Ref(row.author, row.id)] = "index" if row.leaf in places else "body"
            moved.add(row.leaf)
        lost = {leaf for index, leaf in self.expected.items() if index not in self.elsewhere and leaf not in moved}
        about = _about(session, found)
        faults = [Difference("ledger", ref.author, about.get(ref, ""), "", ref, (w,)) for ref, w in found.items()]
        head = [Difference("ledger", "", "", lacking=(name,)) for name in self.unfit]
        return [*head, *faults, *_lost(session, lost)]

    def _place(self, row: _Row, size: int, leaves: dict[int, bytes]) -> None:
        if 0 <= row.place < size:
            self._miss(row.place, leaves)
            self.next = row.place + 1
        if leaves.get(row.place) != row.leaf and len(self.elsewhere) < MOST:
            self.elsewhere[row.place] = row
            if row.place in leaves:
                self.expected[row.place] = leaves[row.place]

    def _miss(self, until: int, leaves: dict[int, bytes]) -> None:
        for index in range(self.next, min(until, self.next + MOST)):
            self.expected[index] = leaves[index]
        self.next = max(self.next, until)

    def _time(self, rows: list[_Row], latest: int) -> None:
        early = [row for row in (*self.last, *rows) if row.at <= latest]
        wrong = {early[place] for place in out_of_order([row.at for row in early])}
        wrong |= {row for row in rows if row.at > latest}
        named = dict.fromkeys([*self.untimely, *(Ref(row.author, row.id) for row in sorted(wrong))])
        self.untimely = list(named)[:MOST]
        self.last = [row for row in early if row not in wrong][-BESIDE:]


def latest_moment(session: SqlSession) -> tuple[int, tuple[str, ...]]:
    """The latest moment that the log or a feed has given; and `at` where the head of the log does not say it."""
    found: Any = session.sql.execute(select(log_head.c.at)).scalar_one()
    try:
        to_moment(found if isinstance(found, int) else NO_NUMBER)
    except Tampered:
        return NO_NUMBER, ("at",)
    return found, ()


def _hashes(session: SqlSession, first: int, end: int) -> bytes:
    """The hashes that the tree has at these places, one after the other."""
    low, high = first // TILE_WIDTH, max(end - 1, first) // TILE_WIDTH
    query = select(tiles.c.index, tiles.c.hashes).where(tiles.c.level == 0, tiles.c.index.between(low, high))
    held: dict[int, bytes] = {row[0]: row[1] for row in session.sql.execute(query) if isinstance(row[1], bytes)}
    content = b"".join(held.get(index, b"").ljust(TILE_WIDTH * HASH_BYTES, b"\0") for index in range(low, high + 1))
    start = low * TILE_WIDTH
    return content[(first - start) * HASH_BYTES : (end - start) * HASH_BYTES]


def _about(session: SqlSession, refs: dict[Ref, str]) -> dict[Ref, str]:
    wanted = tuple_(events.c.author, events.c.id).in_([(ref.author, ref.id) for ref in refs])
    query = select(events.c.author, events.c.id, events.c.subject).where(wanted)
    return {Ref(author, id_): subject for author, id_, subject in session.sql.execute(query)} if refs else {}


def _lost(session: SqlSession, leaves: set[bytes]) -> list[Difference]:
    """Of places that nobody holds the events that should, where these are still there."""
    found = []
    for author, id_, subject, body in session.sql.execute(_UNLOGGED) if leaves else ():
        if isinstance(body, bytes) and (leaf := leaf_of(body)) in leaves:
            leaves.discard(leaf)
            found.append(Difference("ledger", author, subject, "", Ref(author, id_), ("index",)))
    return [*found, *([Difference("ledger", "", "", lacking=("index",))] if leaves else [])]
