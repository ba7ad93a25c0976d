"""The reports of the checks that ran by themselves, the latest first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from events.store.moment import to_number
from events.store.sql.rows import add
from exchange.tables.schema import reports

KEPT = timedelta(days=400)


def keep(sql: Connection, at: datetime, body: bytes) -> None:
    """Add one, or take it in the place of what stands at this moment, and let go of those older than `KEPT`."""
    add(sql, reports, [{"at": to_number(at), "body": body}], ("at",))
    sql.execute(delete(reports).where(reports.c.at < to_number(at - KEPT)))


def begun(sql: Connection, at: datetime) -> bytes | None:
    """The one that was begun at this moment."""
    found: bytes | None = sql.execute(select(reports.c.body).where(reports.c.at == to_number(at))).scalar()
    return found


def newest_first(sql: Connection) -> Iterator[bytes]:
    """All of them, finished or not."""
    yield from sql.execute(select(reports.c.body).order_by(reports.c.at.desc())).scalars()
