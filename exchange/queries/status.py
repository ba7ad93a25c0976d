"""How the node is doing: counts, and how far its work lies behind."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import func, select

from events.store.sql.schema import feed_heads
from exchange.tables.cases import OPEN_ROWS
from exchange.tables.schema import cases, inbox, records

if TYPE_CHECKING:
    from exchange.node import Node


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """`pending`: events not sequenced; `dirty`: persons not forwarded, the oldest since `lag_seconds`.

    `lag_events`: both together, each counted no further than the store does.

    `set_aside`: events without a place in the log since they, or one before them in their stream, do not open.
    `stuck`: dossiers that could not be settled. `at`: when. `offices`: areas served; `holding`: offices with a record.
    """

    at: datetime
    offices: tuple[str, ...]
    holding: int
    events: int
    pending: int
    set_aside: int
    deliveries: int
    notices: int
    persons: int
    open_cases: int
    dirty: int
    stuck: int
    lag_events: int
    lag_seconds: float


def status(node: Node) -> Status:
    """Counts of this moment."""
    with node.uow.look() as session:
        sql = session.sql

        def count(query: object) -> int:
            return int(sql.execute(query).scalar_one())  # type: ignore[call-overload]  # a select of one number

        oldest = session.oldest_dirty()
        pending = session.pending()
        waiting = session.marked()
        opened = OPEN_ROWS & (cases.c.office == cases.c.asked)
        now = node.clock()
        return Status(
            at=now,
            offices=node.serving.areas,
            holding=count(select(func.count(records.c.office.distinct()))),
            events=session.frontier().size,
            pending=pending,
            set_aside=len(session.aside()),
            deliveries=count(select(func.coalesce(func.sum(feed_heads.c.position), 0))),  # without a gap in any feed
            notices=count(select(func.count()).select_from(inbox)),
            persons=count(select(func.count(records.c.survivor.distinct()))),
            open_cases=count(select(func.count()).select_from(cases).where(opened)),
            dirty=waiting,
            stuck=session.failed(),
            lag_events=pending + waiting,
            lag_seconds=max(0.0, (now - oldest).total_seconds()) if oldest is not None else 0.0,
        )
