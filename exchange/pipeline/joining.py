"""The areas that a node serves, and those of its peers, join the exchange: a fact in every book (DESIGN.md K1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from events.catalogue import content_of
from events.catalogue.jurisdiction import Opened
from events.codec import SealedEvent, sealed_event
from events.envelope import Envelope, Subject
from exchange.clock import day_of, microseconds
from exchange.everybody import everybody
from exchange.ids import derived_id
from exchange.jurisdictions.codes import parse
from exchange.jurisdictions.office_name import office_name

if TYPE_CHECKING:
    from exchange.node import Node
    from exchange.unit_of_work import SqlSession

OPERATOR = "operator"


def join_offices(node: Node) -> None:
    """Record that each area joined, where that is not recorded yet. One that joins later gets its backlog."""
    areas = (*node.serving.areas, *(parse(peer) for peer in node.settings.peers))
    with node.uow.begin() as session:
        node.learn_offices(session)
        joining = [area for area in areas if area not in node.offices.joined]
        if not joining:
            return
        known = bool(node.offices.joined)
        session.append([_opened(node, session, area) for area in joining])
        node.learn_offices(session)
        if known:
            for persons in everybody(session):
                session.mark_dirty(persons, node.clock())


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
