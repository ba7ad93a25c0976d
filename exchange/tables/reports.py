"""The reports of the checks that ran by themselves, the latest first."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from events.store.moment import to_number
from events.store.sql.rows import add
from exchange.tables.schema import reports

KEPT = timedelta(days=400)


def keep(sql: Connection, at: datetime, body: bytes) -> None:
    """Add one, and let go of those that are older than `KEPT`."""
    add(sql, reports, [{"at": to_number(at), "body": body}], ("at",))
    sql.execute(delete(reports).where(reports.c.at < to_number(at - KEPT)))


def latest(sql: Connection) -> bytes | None:
    """The latest one; None where the checks never ran by themselves."""
    found: bytes | None = sql.execute(select(reports.c.body).order_by(reports.c.at.desc()).limit(1)).scalar()
    return found
