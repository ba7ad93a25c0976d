"""Until when an answer is awaited: where no fact fixes a day, or it is a free one, it is counted."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from events.store.moment import to_moment
from exchange.clock import day_of
from exchange.jurisdictions.calendar import Calendar, Due
from exchange.jurisdictions.deadlines import due_on
from exchange.pipeline.settling import deadline_of, is_urgent
from exchange.protocol.record import ASKED, CaseState, Record

if TYPE_CHECKING:
    from exchange.node import Node


def counted(node: Node, record: Record, state: CaseState) -> str | None:
    """The day until which the answer is awaited, where it is not the one that facts set."""
    if state.status not in ASKED:
        return None
    if state.due_on is None:
        anew = due_anew(node, record, state)
        return anew.day.isoformat() if anew is not None else None
    moved = working_from(node.calendar, state.due_on, state.ref.asked).isoformat()
    return moved if moved != state.due_on else None


def working_from(calendar: Calendar, day: str, office: str) -> date:
    """Nobody is late on a free day: an office may defer to one, and holidays are published after a day was set."""
    return calendar.add_working_days(date.fromisoformat(day), 0, office).day


def due_anew(node: Node, record: Record, state: CaseState) -> Due | None:
    """The days of the question from when it was asked anew; None where it was not, or a day was set since."""
    opening = record.facts.get(state.ref.opening)  # a county that was asked to see to the case holds no more of it
    if opening is None or state.again is None or state.due_on is not None or state.status not in ASKED:
        return None
    kind, rules = deadline_of(state.ref.kind, opening.payload), node.deadlines
    if kind not in rules.answers:
        return None
    start, urgent = day_of(to_moment(state.again)), is_urgent(opening.payload)
    return due_on(kind, state.asker, state.ref.asked, start, urgent=urgent, rules=rules, calendar=node.calendar)
