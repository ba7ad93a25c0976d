"""What must be read again, and which ids make one dossier."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, func, select, update

from events.store.contract import Dirty
from events.store.moment import to_moment, to_number
from events.store.sql.rows import batches, insert
from events.store.sql.schema import dirty, dossiers


class WorkRows:
    """The part of a session that keeps marks and links."""

    sql: Connection

    def mark_dirty(self, persons: Iterable[str], at: datetime) -> None:
        rows = [{"person": person, "since": to_number(at), "marks": 1} for person in dict.fromkeys(persons)]
        if not rows:
            return
        # The first mark keeps its age, for that is the lag; a later one shows that the work must be done once more.
        statement = insert(self.sql, dirty).on_conflict_do_update(
            index_elements=["person"], set_={"marks": dirty.c.marks + 1}
        )
        self.sql.execute(statement, rows)

    def claim(self, limit: int) -> tuple[Dirty, ...]:
        oldest = select(dirty).order_by(dirty.c.since, dirty.c.person).limit(limit).with_for_update(skip_locked=True)
        return tuple(Dirty(person, to_moment(since), marks) for person, since, marks in self.sql.execute(oldest))

    def done(self, claimed: Iterable[Dirty]) -> None:
        by_marks: dict[int, list[str]] = {}
        for one in claimed:
            by_marks.setdefault(one.marks, []).append(one.person)
        for marks, persons in by_marks.items():
            for batch in batches(persons):
                self.sql.execute(delete(dirty).where(dirty.c.person.in_(batch), dirty.c.marks == marks))

    def oldest_dirty(self) -> datetime | None:
        since = self.sql.execute(select(func.min(dirty.c.since))).scalar_one()
        return None if since is None else to_moment(since)

    def link(self, person: str, other: str) -> None:
        ids = {*self.linked(person), *self.linked(other)}
        dossier = min(ids)
        statement = insert(self.sql, dossiers).on_conflict_do_nothing()
        self.sql.execute(statement, [{"person": one, "dossier": dossier} for one in sorted(ids)])
        self.sql.execute(update(dossiers).where(dossiers.c.person.in_(ids)).values(dossier=dossier))

    def linked(self, person: str) -> tuple[str, ...]:
        return self.dossiers([person])[person]

    def dossiers(self, persons: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        wanted = list(dict.fromkeys(persons))
        found: dict[str, list[str]] = {}
        mine, theirs = dossiers.alias(), dossiers.alias()
        for batch in batches(wanted):
            query = (
                select(mine.c.person, theirs.c.person)
                .join_from(mine, theirs, mine.c.dossier == theirs.c.dossier)
                .where(mine.c.person.in_(batch))
                .order_by(theirs.c.person)
            )
            for person, other in self.sql.execute(query):
                found.setdefault(person, []).append(other)
        return {person: tuple(found.get(person, (person,))) for person in wanted}
