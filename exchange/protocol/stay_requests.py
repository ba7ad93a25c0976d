"""Requests about a stay or an event: what answers them; and while it stands that a stay is to be reviewed. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import RequestOpened
from events.catalogue.movement import Extended, Left
from events.envelope import Ref
from events.standing import Standing
from exchange.ids import derived_id
from exchange.protocol.record import Record, Stay


def is_review(standing: Standing) -> bool:
    """Whether the exchange itself asked it."""
    return standing.event.frame.automatic and isinstance(standing.payload, RequestOpened)


def stands(record: Record, request: Standing) -> bool:
    """Whether the keeper still has to ask: the stay goes on, and no other day is its last one by now."""
    asked = request.payload
    stay = record.stay(asked.about) if isinstance(asked, RequestOpened) and asked.about is not None else None
    if record.keeper != record.office or stay is None or not stay.open:
        return False
    return stay.until is None or review_id(stay, stay.until) == request.ref.id


def review_id(stay: Stay, day: str) -> str:
    """Of the request that asks about a stay because of this day: its last one, or that on which a year is over."""
    return derived_id("review", stay.id.author, stay.id.id, day)


def answers(facts: Iterable[Standing]) -> dict[Ref, Ref]:
    """Request -> the last act that extended or ended the stay that it is about, or amended that event, whether or not
    the act names the request.

    Both sides hold such an act, so the case closes in both books alike.
    """
    held = [standing for standing in facts if not standing.void]
    asked = [s for s in held if isinstance(s.payload, RequestOpened) and s.payload.asks in {"stay", "amendment"}]
    acts = [s for s in held if isinstance(s.payload, Extended | Left | Corrected | Retracted)] if asked else []
    acts.sort(key=lambda act: act.stamp)
    return {request.ref: act.ref for request in asked for act in acts if _answers(act, request)}


def _answers(act: Standing, request: Standing) -> bool:
    said, asked = act.payload, request.payload
    if not isinstance(asked, RequestOpened) or act.stamp < request.stamp:
        return False
    if asked.asks == "amendment":
        return isinstance(said, Corrected | Retracted) and said.target == asked.about
    return isinstance(said, Extended | Left) and said.stay == asked.about
