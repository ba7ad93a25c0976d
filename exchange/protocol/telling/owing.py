"""What an office owes, as the rules add it up: one entry for each event and recipient. Pure."""

from __future__ import annotations

import msgspec

from events.envelope import Ref
from exchange.protocol.routing_table import rank
from exchange.protocol.telling.due import Due, Sight

DueKey = tuple[Ref, str]

AMENDMENT = "amendment"  # ground: what it amends was told


def add(owed: dict[DueKey, Due], sight: Sight, due: Due) -> None:
    """Of two reasons to tell an office an event the notification that comes first is sent, with the parts of both."""
    standing, offices = sight.record.facts[due.ref], sight.book.offices
    to = offices.successor(due.to, standing.event.person) if offices.successions else due.to
    if to in {sight.me, standing.author} or not (offices.within(to) or due.ground == AMENDMENT):
        return  # an amendment goes wherever its target went, and whoever closed since tells it on
    parts = due.parts & sight.book.parts(due.ref) if due.parts else due.parts
    if to != due.to or parts != due.parts:
        due = msgspec.structs.replace(due, to=to, parts=parts)
    known = owed.get((due.ref, to))
    if known is None:
        owed[(due.ref, to)] = due
        return
    first, other = known, due
    if rank(due.kind, asks=due.asks) < rank(known.kind, asks=known.asks):
        first, other = due, known
    two = first.asks and other.asks and first.kind != other.kind
    if two and first.apart and not other.apart:  # which is put beside the other, whatever comes first
        first, other = other, first
    because = first if first.kind or first.trigger or first.by else other
    also = other if two and other.apart else known.also
    owed[(due.ref, to)] = msgspec.structs.replace(
        first, parts=known.parts | due.parts, trigger=because.trigger, by=because.by, also=also
    )
