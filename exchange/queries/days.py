"""Until when somebody has to act, as far as no row fixes it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict

import msgspec

from exchange.clock import day_of
from exchange.jurisdictions.deadlines import acknowledge_on, decides_by, dispute_open_until
from exchange.protocol.record import DECIDING
from exchange.tables.cases import CaseRow
from exchange.tables.inbox import InboxRow

if TYPE_CHECKING:
    from exchange.node import Node


class Case(TypedDict):
    """By when the asker decides, where an answer left open what holds."""

    decide_by: str | None
    decide_provisional: bool


def of_case(node: Node, row: CaseRow) -> Case:
    """The day of the decision that a case waits for."""
    if row.status not in DECIDING or row.answered_at is None:
        return Case(decide_by=None, decide_provisional=False)
    due = decides_by(node.deadlines, node.calendar, row.asked, row.asker, day_of(row.answered_at))
    return Case(decide_by=due.day.isoformat(), decide_provisional=due.provisional)


def row_shown(node: Node, row: CaseRow) -> dict[str, Any]:
    """The case as it is listed, with until when its answer, or its decision, is awaited."""
    listed: dict[str, Any] = msgspec.to_builtins(row)
    del listed["counted"]
    return {**listed, "due_on": row.awaited, **of_case(node, row)}


def dated(node: Node, row: Mapping[str, Any]) -> dict[str, Any]:
    """With whether its day rests on a year whose holidays are not published; one that an office chose does not."""
    chosen = row["status"] == "deferred"
    return {**row, "due_provisional": not chosen and node.calendar.counts_weekdays(row["due_on"])}


class Notices(TypedDict):
    """Days of a notice that asks nothing; None where it is none of these."""

    acknowledge_by: str | None
    acknowledge_provisional: bool
    dispute_until: str | None


def of_notice(node: Node, row: InboxRow, told: str) -> Notices:
    """By when it is acknowledged, and until when it is disputed in the ordinary way. `told`: the type of its event."""
    kind = "death" if told == "person.deceased" else row.kind
    if row.expects_reply or kind not in node.deadlines.acknowledges:
        return Notices(acknowledge_by=None, acknowledge_provisional=False, dispute_until=None)
    day = day_of(row.at)
    by = acknowledge_on(kind, row.teller, row.office, day, node.deadlines, node.calendar)
    return Notices(
        acknowledge_by=by.day.isoformat(),
        acknowledge_provisional=by.provisional,
        dispute_until=dispute_open_until(day, node.deadlines).isoformat(),
    )
