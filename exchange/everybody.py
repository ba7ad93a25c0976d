"""Every person of whom the node holds an event, page by page: for rebuilds, checks and backlogs."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from events.store.sql.schema import events
from exchange.unit_of_work import SqlSession


def everybody(session: SqlSession, batch: int = 500) -> Iterator[list[str]]:
    """Their ids in order."""
    after = ""
    while True:
        query = select(events.c.subject).where(events.c.subject > after, events.c.kind == "person")
        found = list(session.sql.execute(query.distinct().order_by(events.c.subject).limit(batch)).scalars())
        if not found:
            return
        yield found
        after = found[-1]
