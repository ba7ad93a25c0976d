"""The address of a protected person goes nowhere, nor in the answer to an enquiry that stands in another dossier."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from events.catalogue.case import EnquiryAnswered, EnquiryOpened
from events.catalogue.fact import Fact
from exchange.protocol.record import Record
from exchange.protocol.refusals import NotEntitled
from exchange.queries.offer import whom
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node


def require(node: Node, look: Callable[[], SqlSession], office: str, fact: Fact, record: Record | None) -> None:
    """That an answer tells no address of whom the office knows to be protected. Raises NotEntitled."""
    if not isinstance(fact, EnquiryAnswered) or "address" not in fact.facts or record is None:
        return
    opening = record.facts.get(fact.case.opening)
    if opening is None or not isinstance(opening.payload, EnquiryOpened):
        return
    if any(each.protected is not None for each in (record, *whom(node, look(), office, opening.payload, [record]))):
        raise NotEntitled(field="facts.address", rule="not_entitled.protected")
