"""Events that the sequencer has set aside: one that does not open, and what follows it in its stream."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import takewhile
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, func, select, tuple_

from events.envelope import Ref
from events.errors import Tampered
from events.store.contract import COUNTED, TOGETHER, Aside
from events.store.moment import to_moment
from events.store.rules import GONE, UNFIT, WAITS, frame_of
from events.store.sql.form import Form
from events.store.sql.rows import add, batches
from events.store.sql.schema import events, log, pending, set_aside
from events.store.sql.work import Head, WorkRows

Stream = tuple[str, str]  # author and subject


class Waiting(NamedTuple):
    """What waits for a place. `body`: None where the event is gone; `aside`: None where nothing at all is set aside."""

    position: int
    author: str
    submission: str
    id: str
    body: Any
    aside: int | None


_THEIRS = set_aside.outerjoin(events, (events.c.author == set_aside.c.author) & (events.c.id == set_aside.c.id))
_ROWS: Select[Any] = select(set_aside, events.c.body).select_from(_THEIRS)
_FORM = Form([events.c.subject, set_aside.c.version])


class AsideRows(WorkRows):
    """The part of a session that sets aside."""

    def aside(self, most: int = COUNTED) -> tuple[Aside, ...]:
        rows = self.sql.execute(select(set_aside).order_by(set_aside.c.number).limit(most + 1))
        return tuple(Aside(Ref(r.author, r.id), r.subject, r.why, to_moment(r.since)) for r in rows)

    def set_aside(self, limit: int, at: datetime, most: int = TOGETHER) -> tuple[Aside, ...]:
        moment = self._moved_on(at).moment
        waiting = sorted(self._whole_submissions(limit, most))
        columns = self._columns(waiting)
        held = self._held()
        found: list[dict[str, Any]] = []
        positions: list[int] = []
        for row in waiting:
            subject, version, why = _judged(row, *columns.get((row.author, row.id), ("", 0)))
            if why and subject:
                stream = (row.author, subject)
                held[stream] = min(version, held.get(stream, version))
            elif not why and _held_by(held, row.author, subject, version):
                why = WAITS
            if why:
                named = {"author": row.author, "id": row.id, "submission": row.submission}
                found.append({**named, "subject": subject, "version": version, "why": why, "since": moment})
                positions.append(row.position)
        for batch in batches(positions):
            self._no_longer_pending(batch)
        add(self.sql, set_aside, found)
        given = to_moment(moment)
        return tuple(Aside(Ref(each["author"], each["id"]), each["subject"], each["why"], given) for each in found)

    def resume(self, after: int, limit: int) -> int:
        causes = _ROWS.where(set_aside.c.number > after, set_aside.c.why != WAITS)
        looked = self.sql.execute(causes.order_by(set_aside.c.number).limit(limit)).all()
        for author, subject, number in dict.fromkeys(_stream(row) for row in looked if _opens(row)):
            self._lock_head()  # or who sequences would pass by what is on its way back
            theirs = (set_aside.c.author == author) & (set_aside.c.subject == subject)
            if number is not None:
                theirs &= set_aside.c.number == number
            rows = self.sql.execute(_ROWS.where(theirs).order_by(set_aside.c.version, set_aside.c.number))
            self._let_wait(list(takewhile(_opens, rows)))
        return looked[-1].number if len(looked) == limit else 0

    def _let_wait(self, rows: Sequence[Any]) -> None:
        """Before whatever waits now, in their order: they came before.

        One whose row was put back may wait by that alone, as in a file, or have its place by now.
        """
        placed: set[tuple[str, str]] = set()
        for batch in batches((row.author, row.id) for row in rows):
            self.sql.execute(delete(pending).where(tuple_(pending.c.author, pending.c.id).in_(batch)))
            known = select(log.c.author, log.c.id).where(tuple_(log.c.author, log.c.id).in_(batch))
            placed.update((author, id_) for author, id_ in self.sql.execute(known))
        first = self.sql.execute(select(func.min(pending.c.position))).scalar_one()
        begin = (1 if first is None else first) - len(rows)
        waiting = [
            {"position": position, "author": row.author, "id": row.id, "submission": row.submission}
            for position, row in enumerate(rows, begin)
            if (row.author, row.id) not in placed
        ]
        add(self.sql, pending, waiting)
        for batch in batches(row.number for row in rows):
            self.sql.execute(delete(set_aside).where(set_aside.c.number.in_(batch)))

    def _require_fit(self, waiting: Sequence[Waiting]) -> None:
        """Raises Tampered where something of this cannot be given a place."""
        if any(type(row.body) is not bytes for row in waiting):
            raise Tampered(field="frame", rule=UNFIT)
        if waiting and waiting[0].aside is not None:
            held = self._held()
            for row in waiting:
                frame = frame_of(row.author, row.id, row.body)
                if _held_by(held, row.author, frame.subject.id, frame.version):
                    raise Tampered(field="version", rule=WAITS)

    def _held(self) -> dict[Stream, int]:
        """The streams of which something is set aside, each with the first version."""
        first = func.min(set_aside.c.version)
        streams = select(set_aside.c.author, set_aside.c.subject, first).where(set_aside.c.subject != "")
        found = self.sql.execute(streams.group_by(set_aside.c.author, set_aside.c.subject))
        return {(author, subject): version for author, subject, version in found}

    def _columns(self, waiting: Iterable[Waiting]) -> Mapping[Stream, tuple[str, int]]:
        """Whom each is about, and its version, by the columns of its row."""
        found: dict[Stream, tuple[str, int]] = {}
        for batch in batches((row.author, row.id) for row in waiting):
            query = select(events.c.author, events.c.id, events.c.subject, events.c.version)
            for author, id_, *said in self.sql.execute(query.where(tuple_(events.c.author, events.c.id).in_(batch))):
                subject, version = _FORM.mended(said)
                found[author, id_] = subject, version
        return found

    def _no_longer_pending(self, positions: Sequence[int]) -> None:
        self.sql.execute(delete(pending).where(pending.c.position.in_(positions)))

    @abstractmethod
    def _whole_submissions(self, limit: int, most: int) -> list[Waiting]:
        """What waits, in the order in which submissions came, each as a whole; of one of more than `most` the first."""

    @abstractmethod
    def _moved_on(self, at: datetime) -> Head:
        """The head, locked, with the moment to give: this one, or the last one given where the clock has gone back."""


def _judged(row: Waiting, subject: str, version: int) -> tuple[str, int, str]:
    """Whom it is about, its version, and why it cannot have a place; nothing where it can."""
    try:
        frame = frame_of(row.author, row.id, row.body)
    except Tampered:
        return subject, version, GONE if row.body is None else UNFIT
    return frame.subject.id, frame.version, ""


def _held_by(held: Mapping[Stream, int], author: str, subject: str, version: int) -> bool:
    """Whether something before it in its stream is set aside."""
    return held.get((author, subject), version) < version


def _stream(row: Any) -> tuple[str, str, int | None]:
    """The stream in which a row waits; by itself where its event was gone, and nobody knew whom it was about."""
    return row.author, row.subject, None if row.subject else row.number


def _opens(row: Any) -> bool:
    try:
        frame_of(row.author, row.id, row.body)
    except Tampered:
        return False
    return True
