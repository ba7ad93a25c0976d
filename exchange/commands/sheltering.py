"""The address of a protected person goes nowhere, nor in the answer to an enquiry that stands in another dossier.

An answer that tells one names who may be meant: what becomes of them later decides who may keep it (`sheltered`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING, Any

from events.catalogue.case import EnquiryAnswered, EnquiryOpened
from events.catalogue.fact import Fact
from events.errors import Tampered
from exchange.protocol.questions.enquiry import knows
from exchange.protocol.questions.one_document import forms
from exchange.protocol.record import Record
from exchange.protocol.refusals import NotEntitled
from exchange.protocol.shown.entries import entries
from exchange.queries.offer import bearing, whom
from exchange.readable import Seen
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

ADDRESS = "address"


def tells_address(type_: str, content: Mapping[str, Any]) -> bool:
    """Whether an answer tells one, so that it is to be found by whom it may mean."""
    facts = content.get("facts")
    return type_ == "enquiry.answered" and isinstance(facts, Mapping) and ADDRESS in facts


def may_be_meant(
    node: Node, look: Callable[[], SqlSession], office: str, fact: Fact, record: Record | None
) -> tuple[str, ...]:
    """The persons in other dossiers whose address the fact may tell in an answer.

    Raises NotEntitled where the office knows one of them, or whom the enquiry stands under, to be protected.
    """
    if not isinstance(fact, EnquiryAnswered) or ADDRESS not in fact.facts or record is None:
        return ()
    opening = record.facts.get(fact.case.opening)
    if opening is None or not isinstance(opening.payload, EnquiryOpened):
        return ()
    asked = opening.payload
    found = {record.person: record}
    found |= {each.person: each for each in whom(node, look(), office, asked, [record])}
    # A name that does not fit the document, or too little given: whoever answers all the same looked by hand.
    numbers = {form for said in (asked.given, fact.facts) for _, form in forms(said)}
    bearers = bearing(node, look(), office, numbers)
    if bearers.lost:  # of whom nobody can say whether they are protected
        raise Tampered(field="facts.address", rule="enquiry.unclear")
    found |= {each.person: each for each in _bearing(bearers, numbers)}
    if any(each.protected is not None for each in found.values()):
        raise NotEntitled(field="facts.address", rule="not_entitled.protected")
    return tuple(sorted({person for each in found.values() for person in each.persons}.difference(record.persons)))


def _bearing(bearers: Seen, numbers: AbstractSet[str]) -> Iterator[Record]:
    """The office's records of those whom it holds under one of these documents, or may: they stand in the clear."""
    yield from filter(knows, bearers.closed)
    for record in bearers.records:
        if knows(record) and not numbers.isdisjoint(form for each in entries(record) for _, form in forms(each)):
            yield record
