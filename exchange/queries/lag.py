"""How far each stage of the pipeline lies behind: for whoever watches, and cheap enough to be asked often."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import msgspec
from sqlalchemy import exists, func, select

from events.codec import thaw
from events.errors import Tampered
from events.store.contract import COUNTED
from events.store.moment import to_moment, to_number
from events.store.sql.schema import dirty, events, log, pending

if TYPE_CHECKING:
    from exchange.node import Node
    from exchange.unit_of_work import SqlSession


class Lag(msgspec.Struct, frozen=True, kw_only=True):
    """What waits at one stage, and since when its oldest has waited, in seconds; 0 where nothing waits.

    `waiting`, `events`: counted as far as the store does (`COUNTED`): beyond that the age of the oldest says more.
    """

    stage: str
    waiting: int
    events: int
    seconds: float


def lag(node: Node) -> tuple[Lag, ...]:
    """Of sequencing in events; of forwarding in persons, and in events about them."""
    with node.uow.look() as session:
        now, pending, oldest = node.clock(), session.pending(), session.oldest_dirty()
        waited = _since(_oldest_pending(session), now)
        events_ = 0 if oldest is None else _unforwarded(session, oldest)
        return (
            Lag(stage="sequencing", waiting=pending, events=pending, seconds=waited),
            Lag(stage="forwarding", waiting=session.marked(), events=events_, seconds=_since(oldest, now)),
        )


def up_to_date(node: Node) -> bool:
    """Whether nothing waits at any stage."""
    with node.uow.look() as session:
        return not session.pending() and not session.marked()


def stuck(node: Node) -> int:
    """How many dossiers could not be settled by whoever claimed them last."""
    with node.uow.look() as session:
        return session.failed()


def set_aside(node: Node) -> int:
    """How many events have no place in the log, since they or one before them in their stream do not open."""
    with node.uow.look() as session:
        return len(session.aside())


def _oldest_pending(session: SqlSession) -> datetime | None:
    """When the event that waits longest was stamped; None where it does not say so, and is about to be set aside."""
    both = (events.c.author == pending.c.author) & (events.c.id == pending.c.id)
    oldest = select(events.c.body).join_from(pending, events, both).order_by(pending.c.position).limit(1)
    body = session.sql.execute(oldest).scalar_one_or_none()
    try:
        return None if body is None else to_moment(thaw(body).stamp)
    except Tampered:
        return None


def _unforwarded(session: SqlSession, oldest: datetime) -> int:
    """Of the last events of the log those that came since the oldest mark, about persons who bear one."""
    last = select(log.c.author, log.c.id, log.c.at).order_by(log.c.index.desc()).limit(COUNTED + 1).subquery()
    # Looked up one by one, as few as there are: joined, the database would rather read through all events, or marks.
    marked = select(exists().where(dirty.c.person == events.c.subject))
    waits = marked.where(events.c.author == last.c.author, events.c.id == last.c.id).scalar_subquery()
    query = select(func.count()).select_from(last).where(last.c.at >= to_number(oldest), waits)
    return int(session.sql.execute(query).scalar_one())


def _since(moment: datetime | None, now: datetime) -> float:
    return 0.0 if moment is None else max(0.0, (now - moment).total_seconds())
