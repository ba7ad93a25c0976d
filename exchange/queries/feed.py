"""The feed of an office: its deliveries in order, each with as much of its event as was told."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from events.catalogue import content_of
from events.errors import Tampered
from events.event import Event
from events.store.contract import StoredDelivery
from exchange.access import access_log
from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.books import UNREADABLE, Shelf
from exchange.feeds import Feed, position_for
from exchange.readable import readable

if TYPE_CHECKING:
    from exchange.node import Node

SHOWN = ("feed",)
UNREAD = "event.unreadable"  # stands for the type of an event whose frame was altered or is gone

_log = structlog.get_logger(__name__)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery. `kind`: of the notice that it brings, if any; `asked`: questions with the day they are due.

    `unreadable`: the person's key, a part or the event does not open, so that only what stands in the clear is shown.
    """

    position: int
    at: datetime
    id: str
    author: str
    teller: str
    type: str
    person: str
    effective_on: str
    stamp: int
    recorded_at: str
    kind: str | None
    ground: str
    asked: tuple[tuple[str, str | None], ...]
    revision: int
    parts: tuple[str, ...]
    unreadable: bool
    content: dict[str, Any]


def feed(node: Node, caller: Caller, purpose: str, after: int = 0, limit: int = 100) -> list[Told]:
    """The deliveries behind that position, in the order of `Feed`. Raises as `purposes.require` does."""
    require(caller, purpose)
    with node.look(caller) as session:
        rows = Feed(session, caller.office, node.offices).after(after, limit)
        dossiers = readable(node, session, list({row.person for row in rows}), _unread)
    by_person = {person: dossier for dossier in dossiers for person in dossier.persons}
    told = [_told(caller.office, row, by_person.get(row.person)) for row in rows]
    access_log.note(node.uow, caller, purpose, [(each.person, SHOWN) for each in told], node.clock())
    return told


def _told(office: str, row: StoredDelivery, dossier: Shelf | None) -> Told:
    event, opens = _event(dossier, row) if dossier is not None and row.ref in dossier.stored else (None, False)
    return Told(
        position=position_for(office, row),
        at=row.at,
        id=row.ref.id,
        author=row.ref.author,
        teller=row.teller,
        type=event.frame.type if event is not None else UNREAD,
        person=event.frame.subject.id if event is not None else row.person,
        effective_on=event.frame.effective_on if event is not None else "",
        stamp=event.frame.stamp if event is not None else 0,
        recorded_at=event.frame.recorded_at if event is not None else "",
        kind=row.kind,
        ground=row.ground,
        asked=row.asked,
        revision=row.revision,
        parts=tuple(sorted(event.parts)) if event is not None else (),
        unreadable=not opens,
        content=msgspec.to_builtins(content_of(event.payload)) if event is not None else {},
    )


def _event(dossier: Shelf, row: StoredDelivery) -> tuple[Event | None, bool]:
    """The event as far as it was told, and whether it opens; None where not even its frame says anything."""
    try:
        return dossier.restricted(row.ref, row.parts & dossier.parts_left(row)), True
    except UNREADABLE:
        _log.exception("dossier_unreadable", person=row.person)
    try:
        return dossier.closed().restricted(row.ref, frozenset()), False
    except UNREADABLE:
        return None, False


def _unread(persons: tuple[str, ...], error: Tampered) -> None:
    _log.error("dossier_unreadable", person=persons[0], rule=error.rule)
