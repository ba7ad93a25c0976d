"""Stays due for review: one whose last day has gone by unextended is asked about (catalogue, rule 5). Pure.

The keeper's system actor asks the stay's office, once for each last day. Nothing closes by the clock alone: the office
extends the stay, or ends it as lapsed, and either answers.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from events.catalogue.case import RequestOpened
from events.envelope import Ref
from exchange.ids import derived_id
from exchange.protocol.draft import Draft
from exchange.protocol.record import Record, Stay


def review_on(record: Record) -> str | None:
    """The first day on which the office has to ask whether a stay goes on; None where there is nothing to be asked."""
    days = [until for _, until in _reviewable(record)]
    return (date.fromisoformat(min(days)) + timedelta(days=1)).isoformat() if days else None


def reviews(record: Record, today: str) -> Iterator[Draft]:
    """What the keeper has to ask by now, and did not ask before."""
    for stay, until in _reviewable(record):
        if until < today:
            yield Draft(
                id=_id(stay.id, until),
                person=record.facts[stay.id].event.person,
                payload=RequestOpened(to=stay.office, asks="stay", about=stay.id),
                because=stay.id,
            )


def _reviewable(record: Record) -> Iterator[tuple[Stay, str]]:
    """Open stays of others with a last day of which nobody was asked yet, each with that day."""
    if record.keeper != record.office:
        return
    asked = {ref.id for ref, standing in record.facts.items() if standing.author == record.office}
    for stay in record.open_stays:
        known = record.confirmed(stay)
        if stay.office != record.office and stay.until is not None and known and _id(stay.id, stay.until) not in asked:
            yield stay, stay.until


def _id(stay: Ref, until: str) -> str:
    return derived_id("review", stay.author, stay.id, until)
