"""The history of a person in one office's book: what it came to know, in that order, and what each entry did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from events.catalogue import content_of
from events.envelope import Ref
from events.event import Event, restricted
from exchange.access.caller import Caller
from exchange.protocol.book import Book, Delivery
from exchange.protocol.record import Record
from exchange.protocol.shown.sheet import sheet
from exchange.protocol.view import view
from exchange.queries.open_dossier import Opened, open_dossier

if TYPE_CHECKING:
    from exchange.node import Node

_PENDING = datetime(9999, 1, 1, tzinfo=UTC)
_UNTOLD = frozenset({"version"})  # moves with everything, and says nothing


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One event as the office came to know it. `did`: the fields of the sheet that it changed; None before, if new.

    `known_at`: None for an own event that the sequencer has not reached. `standing`: in_force, corrected or retracted.
    """

    ref: Ref
    type: str
    person: str
    actor: str | None
    effective_on: str
    stamp: int
    recorded_at: str
    known_at: datetime | None
    told_by: str | None
    kind: str | None
    parts: tuple[str, ...]
    content: dict[str, Any]
    standing: str
    because: Ref | None
    did: dict[str, tuple[Any, Any]]


def history(node: Node, caller: Caller, purpose: str, person: str, office: str | None = None) -> list[Entry]:
    """Every entry of the office's book, oldest knowledge first. Raises as `open_dossier` does."""
    opened = open_dossier(node, caller, purpose, person, ("history",), office=office)
    book = Book(opened.office, node.offices)
    before: dict[str, Any] = {}
    entries: list[Entry] = []
    for moment, event, delivery in _known(opened):
        if delivery is None:
            book.record(event)
        else:
            book.receive(delivery, event)
        held = next((r for r in view(book) if person in r.persons and r.holds), None)
        after = {k: v for k, v in sheet(held).items() if k not in _UNTOLD} if held is not None else {}
        did = {k: (before.get(k), after.get(k)) for k in {**before, **after} if before.get(k) != after.get(k)}
        entries.append(_entry(opened.record, moment, book.event(event.ref), delivery, did))
        before = after
    return entries


def _known(opened: Opened) -> Iterator[tuple[datetime | None, Event, Delivery | None]]:
    """Own events as they were sequenced, deliveries as they were fed, in one order."""
    shelf = opened.shelf
    facts = opened.record.facts  # the shelf may hold another person's, with whom this one shares a document
    its = {ref: s for ref, s in shelf.stored.items() if ref in facts and shelf.is_of(ref, opened.office)}
    own = [(s.sequenced_at, 0, s.index or 0, ref, None) for ref, s in its.items()]
    fed = [(d.at, 1, d.position, d.ref, shelf.told(d)) for d in shelf.received(opened.office) if d.ref in facts]
    ordered = sorted([*own, *fed], key=lambda entry: (entry[0] or _PENDING, *entry[1:3]))
    for moment, _, _, ref, delivery in ordered:
        event = shelf.event(ref)
        # What was told in error and withdrawn since is shown no more, not even as what was known then.
        told = event if delivery is None else restricted(event, delivery.parts & opened.book.parts(ref))
        yield moment, told, delivery


def _entry(
    record: Record, moment: datetime | None, event: Event, delivery: Delivery | None, did: dict[str, tuple[Any, Any]]
) -> Entry:
    frame = event.frame
    standing = record.facts.get(frame.ref)
    stands = "in_force"
    if standing is not None and (standing.void or standing.corrections):
        stands = "retracted" if standing.void else "corrected"
    return Entry(
        ref=frame.ref,
        type=frame.type,
        person=frame.subject.id,
        actor=frame.actor if delivery is None else None,  # who acted inside another office is that office's matter
        effective_on=frame.effective_on,
        stamp=frame.stamp,
        recorded_at=frame.recorded_at,
        known_at=moment,
        told_by=delivery.teller if delivery is not None else None,
        kind=delivery.kind if delivery is not None else None,
        parts=tuple(sorted(event.parts)),
        content=msgspec.to_builtins(content_of(event.payload)),
        standing=stands,
        because=frame.because,
        did=did,
    )
