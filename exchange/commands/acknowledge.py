"""Acknowledge notices: the message was seen. It says nothing of the fact (catalogue, rule 8)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from events.errors import ExchangeError
from events.store.contract import Acknowledgement
from exchange.access.caller import Caller
from exchange.feeds import feed_at
from exchange.tables import inbox
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node


class NoSuchNotice(ExchangeError):
    """The office's feed has no delivery at this position."""

    code = "no_such_notice"
    status = 404


def acknowledge(node: Node, caller: Caller, positions: Sequence[int]) -> list[Acknowledgement]:
    """The first acknowledgement of each position of the office's own feed. Raises NoSuchNotice, then none is kept."""
    caller.require("clerk", "confirmer", "supervisor")
    moment = node.clock()
    kept: list[Acknowledgement] = []
    with node.uow.begin() as session:
        for position in positions:
            try:
                seen = session.acknowledge(*_feed(node, session, caller.office, position), moment, caller.actor)
            except KeyError as error:
                raise NoSuchNotice(field="position", position=position) from error
            kept.append(msgspec.structs.replace(seen, position=position))
            inbox.acknowledge(session.sql, caller.office, position, kept[-1].at)
    return kept


def _feed(node: Node, session: SqlSession, office: str, position: int) -> tuple[str, int]:
    """The feed where the delivery stands. Raises KeyError where the delivery is no longer, or not, the office's."""
    feed, place = feed_at(office, position)
    node.learn_offices(session)
    for row in session.feed(feed, place - 1, 1):
        if row.position == place and node.offices.successor(feed, row.person) == office:
            return feed, place
    raise KeyError((feed, place))
