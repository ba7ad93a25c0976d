"""Giving log indexes, and the tree that grows with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime

from sqlalchemy import Connection, case, literal_column, or_, select, tuple_, update

from events.envelope import Envelope, Ref
from events.log.leaf import leaf_of
from events.log.tiles import grown, nodes_in, read_by
from events.log.tree import Frontier
from events.store.contract import TOGETHER, StoredEvent
from events.store.moment import to_moment, to_number
from events.store.rules import concerned, frame_of
from events.store.sql.aside import AsideRows, Waiting
from events.store.sql.rows import Pairs, Query, add, batches
from events.store.sql.schema import events, log, log_head, pending, set_aside, tiles
from events.store.sql.work import Head

# Written out, not bound: only so may the database use the index over just the marks that name an act.
_NAMES_ACT = pending.c.submission != literal_column("''")
_ACT = case((_NAMES_ACT, pending.c.submission), else_=pending.c.id)  # a mark that names none is one by itself
_WAITING = select(
    *(pending.c.position, pending.c.author, _ACT, pending.c.id, events.c.body),
    select(set_aside.c.number).order_by(set_aside.c.number).limit(1).scalar_subquery(),
).select_from(pending.outerjoin(events, (events.c.author == pending.c.author) & (events.c.id == pending.c.id)))

_FRONTIER = Query("SELECT frontier FROM log_head")
_TILES = Pairs('level, "index", hashes', "tiles", ("level", '"index"'))


class LogRows(AsideRows):
    """The part of a session that gives and proves log indexes."""

    sql: Connection
    _ticks = 0  # how often the moment moved on: each look for work does that, in the place that it has

    def frontier(self) -> Frontier:
        ((frontier,),) = self.ask_rows(_FRONTIER, ())
        return _tree(frontier)

    def node(self, level: int, index: int) -> bytes:
        return nodes_in(lambda *place: self._tiles([place])[place])(level, index)

    def sequence(self, limit: int, at: datetime, most: int = TOGETHER) -> tuple[Envelope, ...]:
        # The row is locked in a statement of its own, before anything that waits for a place is read.
        head = self._moved_on(at)
        waiting = self._whole_submissions(limit, most)
        self._require_fit(waiting)
        _, frames = self._place(waiting, head, marking=True)
        return tuple(frames)

    def place(self, refs: Iterable[Ref], at: datetime) -> tuple[StoredEvent, ...]:
        head = self._moved_on(at)
        waiting: list[Waiting] = []
        sealed: list[bytes] = []
        for batch in batches((ref.author, ref.id) for ref in refs):
            query = _WAITING.where(tuple_(pending.c.author, pending.c.id).in_(batch)).order_by(pending.c.position)
            for *row, parts in self.sql.execute(query.add_columns(events.c.sealed)):
                waiting.append(Waiting._make(row))
                sealed.append(parts)
        first, frames = self._place(waiting, head, marking=False)
        given = to_moment(head.moment)
        return tuple(
            StoredEvent(frame=frame, body=row.body, sealed=parts, index=index, sequenced_at=given)
            for index, (frame, row, parts) in enumerate(zip(frames, waiting, sealed, strict=True), first)
        )

    def _place(self, waiting: Sequence[Waiting], head: Head, *, marking: bool) -> tuple[int, list[Envelope]]:
        """The first log index given, and the frames of those that have one now, in their order."""
        tree = _tree(head.frontier)
        if not waiting:
            return tree.size, []
        last = self._tiles(read_by(tree.size, len(waiting)))
        with self.without_waiting():  # the database writes what it was given while the rest is worked out here
            for batch in batches(row.position for row in waiting):
                self._no_longer_pending(batch)
            leaves = [leaf_of(row.body) for row in waiting]
            self._enter(tree.size, waiting, leaves, head.moment)
            frames = [frame_of(row.author, row.id, row.body) for row in waiting]
            if marking:
                self._mark_all((person for frame in frames for person in concerned(frame)), to_moment(head.moment))
            whole, changed = grown(tree, leaves, lambda level, index: last[level, index])
            self._grow(changed, whole.to_bytes())
        return tree.size, frames

    def without_waiting(self) -> AbstractContextManager[object]:
        """Inside of it, statements may be sent before those before them are done."""
        return nullcontext()

    def _enter(self, first: int, waiting: Sequence[Waiting], leaves: Sequence[bytes], moment: int) -> None:
        columns = ("index", "author", "id", "leaf", "at")
        rows = [
            dict(zip(columns, (index, row.author, row.id, leaf, moment), strict=True))
            for index, (leaf, row) in enumerate(zip(leaves, waiting, strict=True), first)
        ]
        self.sql.execute(log.insert(), rows)

    def _whole_submissions(self, limit: int, most: int) -> list[Waiting]:
        waiting = self._first_waiting(limit, most + 1)
        while len(waiting) > most and limit > 1:  # some would be cut off from the rest of theirs: begin with fewer
            limit //= 2
            waiting = self._first_waiting(limit, most + 1)
        submissions: dict[tuple[str, str], list[Waiting]] = {}
        for row in waiting[:most]:
            submissions.setdefault((row.author, row.submission), []).append(row)
        return [row for rows in submissions.values() for row in rows]

    def _first_waiting(self, limit: int, most: int) -> Sequence[Waiting]:
        """The first that wait and all that go with them, but no more than `most`."""
        found = (pending.c.position, pending.c.author, pending.c.submission)
        first = select(*found).order_by(pending.c.position).limit(limit).cte("first")
        alone = pending.c.position.in_(select(first.c.position).where(first.c.submission == ""))
        chosen = select(first.c.author, first.c.submission).where(first.c.submission != "").distinct()
        together = _NAMES_ACT & tuple_(pending.c.author, pending.c.submission).in_(chosen)
        query = _WAITING.where(or_(alone, together)).order_by(pending.c.position).limit(most)
        return [Waiting._make(row) for row in self.sql.execute(query)]

    def _grow(self, changed: Mapping[tuple[int, int], bytes], head: bytes) -> None:
        rows = [{"level": level, "index": index, "hashes": hashes} for (level, index), hashes in changed.items()]
        add(self.sql, tiles, rows, ("level", "index"))
        self._set_frontier(head)

    def _set_frontier(self, head: bytes) -> None:
        self.sql.execute(update(log_head).values(frontier=head))

    def _tiles(self, places: Iterable[tuple[int, int]]) -> Mapping[tuple[int, int], bytes]:
        """The hashes of each; none of one that was not begun."""
        wanted = list(dict.fromkeys(places))
        found = {(level, index): hashes for level, index, hashes in self.ask_rows(_TILES, wanted)} if wanted else {}
        return {place: bytes(found.get(place, b"")) for place in wanted}

    def _moved_on(self, at: datetime) -> Head:
        head = self._lock_head()
        moment = max(head.moment, to_number(at))
        if moment != head.moment:
            self.sql.execute(update(log_head).values(at=moment))
            self._ticks += 1
        return Head(moment, head.frontier)


def _tree(frontier: object) -> Frontier:
    return Frontier.from_bytes(frontier if isinstance(frontier, bytes) else b"")
