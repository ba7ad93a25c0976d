"""Feeds: where a delivery stands for the office that reads it, also in the feed of an office that it succeeded. Pure.

Feeds are append-only, so nothing moves into the successor's: what an office took over stands before its own first
position, below zero, by the old position and the nine leading digits of the old code, which no two offices share.
"""

from __future__ import annotations

from collections.abc import Iterable

from events.store.contract import StoredDelivery
from exchange.protocol.offices import Offices

_STEM = 10**9  # what an office's code is without its last three digits, which are a village's


def received(deliveries: Iterable[StoredDelivery], office: str, offices: Offices) -> list[StoredDelivery]:
    """The deliveries to this office and to those that it succeeded, theirs first, each feed in its order."""
    its = [d for d in deliveries if offices.successor(d.to, d.person) == office]
    return sorted(its, key=lambda d: (d.to == office, d.at, d.to, d.position))


def position_for(office: str, delivery: StoredDelivery) -> int:
    """Where the delivery stands for the office that reads it."""
    if delivery.to == office:
        return delivery.position
    return -(delivery.position * _STEM + int(delivery.to) // 1000)


def feed_at(office: str, position: int) -> tuple[str, int]:
    """The inverse: whose feed it is, and the position there."""
    if position >= 0:
        return office, position
    place, stem = divmod(-position, _STEM)
    return f"{stem:09}000", place
