"""The feed of an office: its deliveries in order, each with as much of its event as was told."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
import structlog

from events.catalogue import content_of
from events.event import Event
from events.store.contract import StoredDelivery
from exchange.access import access_log
from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.books import UNREADABLE, Shelf, shelves
from exchange.feeds import Feed, position_for

if TYPE_CHECKING:
    from exchange.node import Node

SHOWN = ("feed",)

_log = structlog.get_logger(__name__)


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One delivery. `kind`: of the notice that it brings, if any; `asked`: questions with the day they are due.

    `unreadable`: the person's key or a part does not open, so that only what stands in the clear is shown.
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
        dossiers = shelves(session, node.keys, node.offices, {row.person for row in rows})
    by_person = {person: dossier for dossier in dossiers for person in dossier.persons}
    told: list[Told] = []
    for row in rows:
        event, readable = _event(by_person[row.person], row)
        told.append(
            Told(
                position=position_for(caller.office, row),
                at=row.at,
                id=row.ref.id,
                author=row.ref.author,
                teller=row.teller,
                type=event.frame.type,
                person=event.frame.subject.id,
                effective_on=event.frame.effective_on,
                stamp=event.frame.stamp,
                recorded_at=event.frame.recorded_at,
                kind=row.kind,
                ground=row.ground,
                asked=row.asked,
                revision=row.revision,
                parts=tuple(sorted(event.parts)),
                unreadable=not readable,
                content=msgspec.to_builtins(content_of(event.payload)),
            )
        )
    access_log.note(node.uow, caller, purpose, [(each.person, SHOWN) for each in told], node.clock())
    return told


def _event(dossier: Shelf, row: StoredDelivery) -> tuple[Event, bool]:
    """The event as far as it was told, and whether it opens."""
    try:
        return dossier.restricted(row.ref, row.parts & dossier.parts_left(row)), True
    except UNREADABLE:
        _log.exception("dossier_unreadable", person=row.person)
        return dossier.closed().restricted(row.ref, frozenset()), False
