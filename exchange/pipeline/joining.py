"""The areas that a node serves, and those of its peers, join the exchange: a fact in every book (DESIGN.md K1).

Where one joins later, or one closes, everybody's books must be read again. How far they were marked for it stands in a
row that is written with the fact itself: so the node opens at once, however long its log, and whoever dies is followed
by another.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, LiteralString

from sqlalchemy import delete, select, update

from events.catalogue import content_of
from events.catalogue.jurisdiction import Opened
from events.codec import SealedEvent, sealed_event
from events.envelope import Envelope, Subject
from events.store.sql.rows import Query, insert
from events.store.sql.schema import backlogs
from exchange.clock import day_of, microseconds
from exchange.everybody import next_persons
from exchange.ids import derived_id
from exchange.jurisdictions.codes import parse
from exchange.jurisdictions.office_name import office_name

if TYPE_CHECKING:
    from exchange.node import Node
    from exchange.unit_of_work import SqlSession

OPERATOR = "operator"
UNMARKED: LiteralString = "SELECT min(after) FROM backlogs"
_UNMARKED = Query(UNMARKED)


def join_offices(node: Node) -> None:
    """Record that each area joined, where that is not recorded yet. One that joins later gets its backlog; one that
    closed stays closed, though the settings go on naming it.
    """
    areas = (*node.serving.areas, *(parse(peer) for peer in node.settings.peers))
    with node.uow.begin() as session:
        node.learn_offices(session)
        joining = [area for area in areas if area not in node.offices.joined | node.offices.closed]
        if not joining:
            return
        known = bool(node.offices.joined)
        session.append([_opened(node, session, area) for area in joining])
        node.learn_offices(session)
        if known:
            read_everybody_again(session, joining[0])


def read_everybody_again(session: SqlSession, area: str) -> None:
    """Because the area joined, or closed: who is asked from now on, or is no more, is found out by reading."""
    row = insert(session.sql, backlogs).values(joined=area, after="")
    session.sql.execute(row.on_conflict_do_update(index_elements=["joined"], set_={"after": ""}))


def mark_backlog(session: SqlSession, limit: int, at: datetime) -> int:
    """Mark the next of those whose books must be read again because an office joined or closed. How many that were.

    Locks the head of the log where there are any.
    """
    next_up = select(backlogs).order_by(backlogs.c.joined).limit(1).with_for_update(skip_locked=True)
    row = session.sql.execute(next_up).one_or_none()
    if row is None:
        return 0
    this = backlogs.c.joined == row.joined
    persons = next_persons(session, row.after, limit)
    if not persons:
        session.sql.execute(delete(backlogs).where(this))
        return 0
    session.mark_dirty(persons, at)
    session.sql.execute(update(backlogs).where(this).values(after=persons[-1]))
    return len(persons)


def unmarked_from(session: SqlSession) -> str | None:
    """Behind whom nobody is sure to be marked yet for an office that joined; None where everybody was."""
    found: str | None
    ((found,),) = session.ask_rows(_UNMARKED, ())
    return found


def _opened(node: Node, session: SqlSession, area: str) -> SealedEvent:
    now = node.clock()
    division = node.divisions.get(area)
    fact = Opened(name=office_name(division.name if division is not None else area))
    version = session.head(area, area) + 1
    return sealed_event(
        Envelope(
            id=derived_id("opened", area, str(version)),
            type=fact.type,
            schema=fact.schema,
            subject=Subject("jurisdiction", area),
            author=area,
            actor=OPERATOR,
            effective_on=day_of(now).isoformat(),
            stamp=microseconds(now),
            recorded_at=now.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            version=version,
            submission=derived_id("act", "opened", area, str(version)),
            facts=content_of(fact),  # an office's name is no person's: it stands in the clear
        ),
        {},
        None,
    )
