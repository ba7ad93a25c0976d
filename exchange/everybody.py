"""Every person of whom the node holds an event or a record, page by page: for rebuilds, checks and backlogs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Select, func, select

from events.store.sql.form import NO_TEXT
from events.store.sql.schema import events
from exchange.tables.books import books
from exchange.tables.schema import cases, inbox, records
from exchange.unit_of_work import SqlSession


def everybody(session: SqlSession, batch: int = 500) -> Iterator[list[str]]:
    """Their ids in order."""
    found = next_persons(session, "", batch)
    while found:
        yield found
        found = next_persons(session, found[-1], batch)


def how_many(session: SqlSession) -> int:
    """How many they are, but for those of whom the events are gone: what a bar of progress needs to know."""
    subjects = select(func.count(events.c.subject.distinct())).where(events.c.kind != "jurisdiction")
    return int(session.sql.execute(subjects).scalar_one())


def next_persons(session: SqlSession, after: str, limit: int) -> list[str]:
    """The ids that follow on this one."""
    subjects = select(events.c.subject).where(events.c.subject > after, events.c.kind != "jurisdiction")
    found = _first(session, subjects.distinct().order_by(events.c.subject), limit)
    # Of whom only a record, a line of a book or of a list is left, the events are gone: no check may pass them by.
    for table in (records, books, cases, inbox):
        persons = select(table.c.person).where(table.c.person > after)
        found += _first(session, persons.distinct().order_by(table.c.person), limit)
    return sorted(set(found))[:limit]


def _first(session: SqlSession, query: Select[tuple[str]], limit: int) -> list[str]:
    """So many ids, or all that there are: what is nobody's on a page let others on it be passed by."""
    found: list[str] = []
    at = 0
    while True:
        page = list(session.sql.execute(query.limit(limit).offset(at)).scalars())
        found += ids(page)
        if len(found) >= limit or len(page) < limit:
            return found
        at += limit


def ids(found: Iterable[object]) -> list[str]:
    """Those of these that are somebody's: SQLite lets one write what is no text, from which nobody could go on to what
    follows, for it stands elsewhere than what is read of it would.
    """
    return [each for each in found if isinstance(each, str) and NO_TEXT not in each]
