"""What must be read again, and which ids make one dossier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, bindparam, delete, exists, func, literal_column, select, update

from events.store.contract import COUNTED, Dirty
from events.store.moment import to_moment, to_number
from events.store.sql.rows import Asking, Query, batches, insert
from events.store.sql.schema import dirty, dossiers, log_head

_JOINED = Query(
    "SELECT mine.person, theirs.person FROM dossiers mine JOIN dossiers theirs ON mine.dossier = theirs.dossier"
    " WHERE mine.person {keys} ORDER BY theirs.person"
)
# With the dossier that joined the person with others; none of most.
_MARKS = Query(
    "SELECT person, min(since), max(number), (SELECT dossier FROM dossiers WHERE dossiers.person = dirty.person)"
    " FROM dirty WHERE person {keys} GROUP BY person"
)
_AS_IT_LIES: ColumnElement[object] = literal_column("frontier")  # also where no column of its type could hold that
_earlier = dirty.alias()
_OLDEST = (
    select(dirty.c.person)
    .where(~exists().where(_earlier.c.person == dirty.c.person, _earlier.c.number < dirty.c.number))
    .order_by(dirty.c.number)
)


class Head(NamedTuple):
    """The head of the log, which nobody else changes now: the latest moment given, and the tree, as it lies there."""

    moment: int
    frontier: object


class WorkRows(Asking):
    """The part of a session that keeps marks and links."""

    sql: Connection

    def mark_dirty(self, persons: Iterable[str], at: datetime) -> None:
        # Under the lock of the head, so that the numbers of marks commit in order: whoever takes marks off up to the
        # last one that it saw takes off none that comes later.
        self._lock_head()
        self._mark_all(persons, at)

    def claim(self, limit: int) -> tuple[Dirty, ...]:
        oldest = self._oldest(limit)
        rows = list(self.ask_rows(_MARKS, oldest)) if oldest else []
        found = {person: Dirty(person, to_moment(since), marks) for person, since, marks, _ in rows}
        taken = self._lock_dossiers([person for person, *_, dossier in rows if dossier is not None])
        return tuple(found[person] for person in oldest if person not in taken)

    def _oldest(self, limit: int) -> Sequence[str]:
        """Those who were marked first, and whom nobody else has claimed: marks are numbered as they are set.

        The first mark of a person is the lock of its books. Later marks are rows of their own: so nobody who marks
        waits for whoever works.
        """
        return self.sql.execute(_OLDEST.limit(limit)).scalars().all()

    def done(self, claimed: Iterable[Dirty]) -> None:
        for batch in batches(claimed):
            taken = [(one.person, one.marks) for one in batch]
            self.sql.execute(
                delete(dirty).where(dirty.c.person == bindparam("p"), dirty.c.number <= bindparam("n")),
                [{"p": person, "n": marks} for person, marks in taken],
            )

    def fail(self, claimed: Iterable[Dirty]) -> None:
        for one in claimed:
            theirs = (dirty.c.person == one.person) & (dirty.c.number <= one.marks) & ~dirty.c.failed
            self.sql.execute(update(dirty).where(theirs).values(failed=True))

    def failed(self) -> int:
        whose = func.coalesce(dossiers.c.dossier, dirty.c.person)
        marks = dirty.outerjoin(dossiers, dossiers.c.person == dirty.c.person)
        query = select(func.count(whose.distinct())).select_from(marks).where(dirty.c.failed)
        return int(self.sql.execute(query).scalar_one())

    def marked(self, most: int = COUNTED) -> int:
        first = select(dirty.c.person).order_by(dirty.c.number).limit(most + 1).subquery()
        return int(self.sql.execute(select(func.count(first.c.person.distinct()))).scalar_one())

    def oldest_dirty(self) -> datetime | None:
        since = self.sql.execute(select(dirty.c.since).order_by(dirty.c.number).limit(1)).scalar_one_or_none()
        return None if since is None else to_moment(since)

    def link(self, person: str, other: str) -> None:
        ids = {*self.linked(person), *self.linked(other)}
        dossier = min(ids)
        statement = insert(self.sql, dossiers).on_conflict_do_nothing()
        self.sql.execute(statement, [{"person": one, "dossier": dossier} for one in sorted(ids)])
        self.sql.execute(update(dossiers).where(dossiers.c.person.in_(ids)).values(dossier=dossier))

    def _lock_dossiers(self, joined: Sequence[str]) -> set[str]:
        """Lock the dossiers of these persons, who were joined with others; of anybody else the marks are all that is to
        be locked. Those whose dossier somebody else works on, through whichever of its ids.
        """
        taken: set[str] = set()
        for batch in batches(joined):
            mine = select(dossiers.c.dossier).where(dossiers.c.person.in_(batch))
            whole = select(dossiers.c.person).where(dossiers.c.dossier.in_(mine))
            ordered = select(dossiers.c.person, dossiers.c.dossier).where(dossiers.c.dossier.in_(mine))
            locked = ordered.order_by(dossiers.c.dossier, dossiers.c.person).with_for_update(skip_locked=True)
            mine_now = {person for person, _ in self.sql.execute(locked)}
            missed = [person for person in self.sql.execute(whole).scalars() if person not in mine_now]
            for others in self.dossiers(missed).values():
                taken.update(others)
        return taken

    def _mark_all(self, persons: Iterable[str], at: datetime) -> None:
        if marked := sorted(set(persons)):  # whatever set they come in, those of one moment have one order
            self._mark(marked, to_number(at))

    def _mark(self, persons: Sequence[str], since: int) -> None:
        self.sql.execute(dirty.insert(), [{"person": person, "since": since} for person in persons])

    def _lock_head(self) -> Head:
        """In a statement of its own that waits for whoever holds it."""
        at, frontier = self.sql.execute(select(log_head.c.at, _AS_IT_LIES).with_for_update()).one()
        return Head(int(at), frontier)

    def linked(self, person: str) -> tuple[str, ...]:
        return self.dossiers([person])[person]

    def dossiers(self, persons: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        wanted = list(dict.fromkeys(persons))
        found: dict[str, list[str]] = {}
        for person, other in self.ask_rows(_JOINED, wanted) if wanted else ():
            found.setdefault(person, []).append(other)
        return {person: tuple(found.get(person, (person,))) for person in wanted}
