"""Until when a stay lasts, by what its office had said of it for a day. Pure."""

from __future__ import annotations

from events.catalogue.movement import Arrived, Extended
from exchange.protocol.record import Record, Stay
from exchange.protocol.refusals import NotLapsed, NotLonger


def last_day_on(record: Record, stay: Stay, day: str) -> str | None:
    """The last day that the arrival gave, or the latest extension that holds from this day or an earlier one."""
    said = [s for s in map(record.facts.__getitem__, stay.touched_by) if isinstance(s.payload, Extended)]
    latest = max((s for s in said if s.day <= day), key=lambda s: s.order, default=record.facts[stay.id])
    return latest.payload.stay_until if isinstance(latest.payload, Arrived | Extended) else None


def require_longer(fact: Extended, day: str, record: Record, stay: Stay) -> None:
    """An extension says a later day than the last one that held: what was recorded wrongly is corrected."""
    until = last_day_on(record, stay, day)
    if until is not None and fact.stay_until <= until:
        raise NotLonger(until=until)


def require_over(day: str, stay: Stay) -> None:
    """Nothing lapses before its last day has gone by."""
    if stay.until is not None and day <= stay.until:
        raise NotLapsed(until=stay.until)
