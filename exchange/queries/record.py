"""The record of a person as one office sees it: of today, of another day, or as it was known at another moment."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from events.errors import Malformed
from exchange.access.caller import Caller
from exchange.pipeline.awaited import counted
from exchange.protocol.as_of import as_of as held_on
from exchange.protocol.life.contradictions import case_id
from exchange.protocol.record import Record
from exchange.protocol.shown.sheet import nothing, sheet, state
from exchange.protocol.view import view
from exchange.queries.open_dossier import Opened, open_dossier

if TYPE_CHECKING:
    from exchange.node import Node


class MomentAhead(Malformed):
    """What the office will have known at a later moment cannot be told."""


def record(
    node: Node,
    caller: Caller,
    purpose: str,
    person: str,
    office: str | None = None,
    *,
    as_of: str | None = None,
    known_at: datetime | None = None,
) -> dict[str, Any]:
    """The sheet, with its `etag` and the two times of which it speaks (None: today, now).

    `as_of`: what held on that day (YYYY-MM-DD). `known_at`: what the office knew at that moment, but no part that was
    withdrawn from it since. Raises MomentAhead, and as `open_dossier` does.
    """
    if known_at is not None and known_at > node.clock():
        raise MomentAhead(field="known_at", rule="record.known_ahead")
    opened = open_dossier(node, caller, purpose, person, office=office, known_at=known_at)
    shown = sheet(opened.record, person) if as_of is None else _on(as_of, opened, person)
    if as_of is None and known_at is None:
        shown["cases"] = _awaited(node, opened.record, shown["cases"])
    moment = None if known_at is None else known_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return {**shown, "as_of": as_of, "known_at": moment, "etag": opened.etag}


def _awaited(node: Node, record: Record, listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cases with the days until which their answers are awaited now, as the list of cases shows them."""
    days = {case_id(state.ref): counted(node, record, state) for state in record.cases.values()}
    return [{**each, "due_on": days[each["id"]] or each["due_on"]} for each in listed]


def _on(day: str, opened: Opened, person: str) -> dict[str, Any]:
    found = next((r for r in view(held_on(opened.book, day)) if person in r.persons and r.facts), None)
    if found is None:
        return dict(nothing(opened.office, person))
    shown = sheet(found, person)
    if state(found) == "withdrawn" != state(opened.record):
        shown["state"] = "none"  # nothing was taken back: the office had no part in the person's life yet
    return shown
