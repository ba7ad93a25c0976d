"""The feeds in their order: each position from 1 up to the head is somebody's, and no moment before the one before it.
Part of E1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import ColumnElement, select, true, tuple_

from events.envelope import Ref
from events.store.sql.form import NO_NUMBER, NO_TEXT, Form
from events.store.sql.rows import add
from events.store.sql.schema import deliveries, feed_heads
from exchange.firsts import MOST
from exchange.reconcile.finding import Difference
from exchange.reconcile.logged import latest_moment
from exchange.reconcile.order import BESIDE, in_order, out_of_order
from exchange.tables.schema import gaps
from exchange.unit_of_work import SqlSession

STEP = 10_000

_LOST = {("ledger", "delivered"), ("ledger", "earlier"), ("entitlement", "event"), ("entitlement", "parts")}


class _Row(NamedTuple):
    """A row of a feed, as its columns have it."""

    recipient: str
    position: int
    teller: str
    author: str
    id: str
    person: str
    at: int


_COLUMNS = [deliveries.c[name] for name in _Row._fields]
_FORM, _HEAD = Form(_COLUMNS), Form(feed_heads.c)
_ROWS = select(*_COLUMNS).order_by(deliveries.c.recipient, deliveries.c.position)


class Fed(msgspec.Struct):
    """What was seen of the feeds so far, some rows a moment of the store. Of what is wrong it keeps the first.

    `empty`: by office the positions that nobody's delivery has, but for those of which a repair took note. It can be
    written down between two looks, so that another process goes on.
    """

    empty: dict[str, list[int]] = {}
    last: _Row | None = None  # the last row read
    timely: list[_Row] = []  # and those before it whose moments fit
    next: int = 1  # the position that follows in its feed
    seen: set[str] = set()  # offices of which any delivery is there
    found: list[Difference] = []

    def look(self, session: SqlSession) -> bool:
        """At the next rows. Whether there may be more."""
        heads: dict[str, int] = {row[0]: row[1] for row in _HEAD.all(session.sql.execute(select(feed_heads)).all())}
        follow = self._behind(heads)
        found = session.sql.execute(_ROWS.where(follow).limit(STEP)).all() if follow is not None else []
        rows: Sequence[Any] = _FORM.all(found)
        latest, _ = latest_moment(session)
        for office, some in groupby(rows, itemgetter(0)):
            self._feed(office, list(some), heads, latest)
        if len(rows) == STEP:
            return True
        if self.last is not None:
            self._miss(self.last.recipient, heads.get(self.last.recipient, 0) + 1)
        for office in sorted(heads.keys() - self.seen):
            self.next = 1
            self._miss(office, heads[office] + 1)
        self._heed(session)
        return False

    def _behind(self, heads: Collection[str]) -> ColumnElement[bool] | None:
        """Where to go on; None where there is nothing more to look at.

        What is no number, or no text, stands elsewhere than what is read of it. So nobody can go on from there, however
        many such rows there are: what follows is the next feed that has a head.
        """
        if self.last is None:
            return true()
        office, position = self.last.recipient, self.last.position
        if position != NO_NUMBER and NO_TEXT not in office:
            return tuple_(deliveries.c.recipient, deliveries.c.position) > tuple_(office, position)
        following = min((each for each in heads if each > office), default=None)
        return None if following is None else deliveries.c.recipient >= following

    def faults(self, found: Iterable[Difference] = ()) -> list[Difference]:
        """The deliveries out of their place or time, and the feeds in which more is missing than is `found` there."""
        named = (each for fault in found for each in (fault, *fault.consequences))
        known = Counter(each.office for each in named if (each.check, *each.lacking[:1]) in _LOST)
        known.update(each.office for each in self.found if each.lacking == ("position",))
        missed = [office for office, empty in self.empty.items() if len(empty) > known[office]]
        return [*self.found, *(Difference("ledger", office, "", lacking=("position",)) for office in missed)]

    def _feed(self, office: str, found: Sequence[Any], heads: dict[str, int], latest: int) -> None:
        if self.last is None or self.last.recipient != office:
            if self.last is not None:
                self._miss(self.last.recipient, heads.get(self.last.recipient, 0) + 1)
            self.next, self.timely = 1, []
        self.seen.add(office)
        self.last = last = _Row._make(found[-1])
        head = heads.get(office, 0)
        following = [row[1] for row in found] == list(range(self.next, self.next + len(found)))
        timely = in_order([*(row.at for row in self.timely), *(row[-1] for row in found)])
        if following and timely and last.position <= head and last.at <= latest:  # as nearly all do: none is looked at
            self.next += len(found)
            self.timely = [*self.timely, *map(_Row._make, found[-BESIDE:])][-BESIDE:]
            return
        rows = list(map(_Row._make, found))
        placed = [row for row in rows if 1 <= row.position <= head]
        for row in placed:
            self._miss(office, row.position)
            self.next = row.position + 1
        early = [row for row in (*self.timely, *placed) if row.at <= latest]
        late = {early[place] for place in out_of_order([row.at for row in early])}
        late |= {row for row in placed if row.at > latest}
        self.timely = [row for row in early if row not in late][-BESIDE:]
        self._name((row for row in rows if not 1 <= row.position <= head), "position")
        self._name(sorted(late), "at")

    def _name(self, rows: Iterable[_Row], lacking: str) -> None:
        faults = (
            Difference("ledger", row.recipient, row.person, row.teller, Ref(row.author, row.id), (lacking,))
            for row in rows
        )
        self.found = list(dict.fromkeys([*self.found, *faults]))[:MOST]

    def _miss(self, office: str, until: int) -> None:
        if self.next < until:
            self.empty.setdefault(office, []).extend(range(self.next, min(until, self.next + MOST)))
            self.next = until

    def _heed(self, session: SqlSession) -> None:
        """Let go of the positions of which a repair took note."""
        if self.empty:
            query = select(gaps.c.office, gaps.c.position).where(gaps.c.office.in_(self.empty))
            noted = {(office, position) for office, position in session.sql.execute(query)}
            left = {o: [p for p in positions if (o, p) not in noted] for o, positions in self.empty.items()}
            self.empty = {office: positions for office, positions in left.items() if positions}


def take_note(session: SqlSession, offices: Collection[str]) -> None:
    """Of the positions in these offices' feeds whose delivery is lost: what is told again gets a new one."""
    heads = session.sql.execute(select(feed_heads).where(feed_heads.c.office.in_(offices))).all()
    for office, head in heads:
        if not isinstance(head, int):  # it does not say how far the feed goes
            continue
        known = set(session.sql.execute(select(gaps.c.position).where(gaps.c.office == office)).scalars())
        lost = [position for position in _empty(session, office, head) if position not in known]
        add(session.sql, gaps, [{"office": office, "position": position} for position in lost])


def _empty(session: SqlSession, office: str, head: int) -> Iterator[int]:
    """The positions up to the head of a feed that no delivery has."""
    last = 0
    query = select(deliveries.c.position).where(deliveries.c.recipient == office, deliveries.c.position <= head)
    for position in session.sql.execute(query.order_by(deliveries.c.position)).scalars():  # no text is below a number
        yield from range(last + 1, position)
        last = max(last, position)
    yield from range(last + 1, min(head, last + MOST) + 1)
