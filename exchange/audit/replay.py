"""Replay: how the records of a person came about, moment by moment, at every office that the reader oversees."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from events.envelope import Ref
from exchange.access import access_log
from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.books import Shelf, shelf
from exchange.jurisdictions.codes import is_within
from exchange.protocol.refusals import UnknownPerson
from exchange.protocol.shown.sheet import sheet
from exchange.protocol.view import view

if TYPE_CHECKING:
    from exchange.node import Node


class Telling(msgspec.Struct, frozen=True):
    """One delivery of this moment."""

    event: Ref
    teller: str
    to: str
    kind: str | None
    ground: str
    parts: tuple[str, ...]


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """What the log and the feeds got at one moment, and what each office then saw.

    `changed`: by office, the fields of its sheet that are other than the moment before. Offices outside the reader's
    area are named in `told`, and their sheets are not shown.
    """

    at: datetime
    recorded: tuple[Ref, ...]
    told: tuple[Telling, ...]
    sheets: dict[str, dict[str, Any]]
    changed: dict[str, tuple[str, ...]]


def replay(node: Node, caller: Caller, purpose: str, person: str) -> list[Moment]:
    """Every moment at which anybody came to know anything, oldest first.

    Raises Forbidden, and UnknownPerson where no office of the reader's area holds the person.
    """
    require(caller, purpose)
    caller.require("supervisor", "auditor")
    with node.look() as session:
        whole = shelf(session, node.keys, node.offices, person).of(person)
        moments = sorted(
            {e.sequenced_at for e in whole.stored.values() if e.sequenced_at is not None}
            | {d.at for d in whole.deliveries}
        )
        offices = sorted(o for o in whole.concerned() if is_within(o, caller.office) and node.serves(o))
        if not offices:
            raise UnknownPerson(field="person")
        known = [shelf(session, node.keys, node.offices, person, known_at=moment) for moment in moments]
    access_log.note(node.uow, caller, purpose, [(person, ("replay",))], node.clock())
    replayed: list[Moment] = []
    before: dict[str, dict[str, Any]] = {}
    for moment, then in zip(moments, known, strict=True):
        sheets = {office: found for office in offices if (found := _sheet(then, office, person))}
        changed = {office: _changes(before.get(office, {}), shown) for office, shown in sheets.items()}
        replayed.append(
            Moment(
                at=moment,
                recorded=tuple(ref for ref, event in whole.stored.items() if event.sequenced_at == moment),
                told=_told(whole, moment),
                sheets=sheets,
                changed={office: fields for office, fields in changed.items() if fields},
            )
        )
        before = sheets
    return replayed


def _told(whole: Shelf, moment: datetime) -> tuple[Telling, ...]:
    fed = sorted((d for d in whole.deliveries if d.at == moment), key=lambda d: (d.to, d.position))
    return tuple(Telling(d.ref, d.teller, d.to, d.kind, d.ground, tuple(sorted(d.parts))) for d in fed)


def _sheet(then: Shelf, office: str, person: str) -> dict[str, Any] | None:
    found = next((r for r in view(then.book(office)) if person in r.persons and r.facts), None)
    return sheet(found, person) if found is not None else None


def _changes(before: dict[str, Any], after: dict[str, Any]) -> tuple[str, ...]:
    return tuple(field for field, value in after.items() if before.get(field) != value and field != "version")
