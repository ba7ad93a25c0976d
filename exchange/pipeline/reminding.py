"""Reminding: the reminders and escalations of today, found from the table of cases, recorded in the books concerned.

A reminder that no sweep made on its day is not made up for, since a later one says more; that a case is overdue, and
that somebody above must see to it, is recorded however late.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from events.catalogue.case import Deferred
from exchange.books import Shelf
from exchange.clock import day_of
from exchange.jurisdictions import codes
from exchange.jurisdictions.codes import Level
from exchange.jurisdictions.deadlines import Ground, Step, due_on, steps
from exchange.pipeline.by_person import by_person
from exchange.pipeline.settling import Settling, deadline_of
from exchange.protocol.contradictions import case_id
from exchange.protocol.draft import Draft
from exchange.protocol.record import CaseState, Record
from exchange.protocol.reminding import escalation, reminder, waits
from exchange.protocol.view import view
from exchange.tables import cases, inbox
from exchange.tables.cases import CaseRow

if TYPE_CHECKING:
    from exchange.node import Node

_AHEAD = timedelta(days=60)  # half of the longest time for an answer
_ABOVE: Mapping[Ground, Level] = {"escalated_county": Level.COUNTY, "escalated_province": Level.PROVINCE}


def remind(node: Node, after: str | None, limit: int) -> tuple[int, str | None]:
    """Record what today's deadlines bring for a page of cases. How many facts that were, and where the next begins."""
    today = day_of(node.clock())
    calendar = _Calendar(node)
    until = (today + _AHEAD).isoformat()
    with node.uow.look() as session:
        page = cases.waiting(session.sql, until, after, limit)
    return _remind(node, calendar, page.rows, today), page.next


def _remind(node: Node, calendar: _Calendar, waiting: Sequence[CaseRow], today: date) -> int:
    found: dict[str, dict[str, date]] = {}  # person -> case -> the day on which it was asked
    rows = [row for row in waiting if calendar.concerns(row, today)]
    late = {row.person for row in rows if row.status == "overdue"}
    with node.uow.look() as session:
        seen = inbox.told(session.sql, "escalated", late)
    for row in rows:
        if row.status != "overdue" or any((area, row.id) not in seen for area in calendar.above(row, today)):
            found.setdefault(row.person, {})[row.id] = day_of(row.opened_at)

    def press(settling: Settling, shelved: Shelf, person: str) -> None:
        for office in sorted(filter(node.serves, shelved.concerned())):
            _press(calendar, settling, shelved, office, found[person], today)

    return by_person(node, found, press)


def _press(
    calendar: _Calendar, settling: Settling, shelved: Shelf, office: str, asked: Mapping[str, date], today: date
) -> None:
    book = shelved.book(office)
    for record in view(book):
        for state in record.cases.values():
            first = asked.get(case_id(state.ref))
            if first is None or state.hidden or not waits(record, state):
                continue
            for draft in _drafts(calendar, record, state, first, today):
                book.record(settling.make_event(office, draft, book))


def _drafts(calendar: _Calendar, record: Record, state: CaseState, first: date, today: date) -> Iterator[Draft]:
    start, due = calendar.term(record, state, first)
    if due is None:
        return
    for step in calendar.steps(start, due, state.ref.asked):
        above = _ABOVE.get(step.ground)
        draft = None
        if above is not None and step.day <= today:
            draft = escalation(record, state, codes.at(state.ref.asked, above), due.isoformat())
        elif step.day == today or (step.ground == "overdue" and step.day < today):
            draft = reminder(record, state, step.ground, due.isoformat())
        if draft is not None:
            yield draft


class _Calendar:
    """The node's deadlines, each worked out once a sweep."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.steps = lru_cache(maxsize=10_000)(self._steps)

    def concerns(self, row: CaseRow, today: date) -> bool:
        """Whether today may bring something to the side whose row it is; where only its book can tell, it may."""
        if row.office not in {row.asker, row.asked} or not self._node.serves(row.office):
            return False
        if row.due_on is None or row.status == "deferred":
            return row.office == row.asker
        if row.office == row.asked:
            return row.status == "overdue" and bool(self.above(row, today))
        reached = self.steps(day_of(row.opened_at), date.fromisoformat(row.due_on), row.asked)
        late = any(s.ground == "overdue" and s.day <= today for s in reached)
        return row.status != "overdue" and (late or any(s.day == today for s in reached))

    def above(self, row: CaseRow, today: date) -> list[str]:
        """The areas that have to be asked by today to see to it."""
        due = date.fromisoformat(row.due_on or today.isoformat())
        reached = self.steps(day_of(row.opened_at), due, row.asked)
        return [codes.at(row.asked, _ABOVE[s.ground]) for s in reached if s.ground in _ABOVE and s.day <= today]

    def term(self, record: Record, state: CaseState, first: date) -> tuple[date, date | None]:
        """From when, and until when, the answer is awaited: a case that was opened again is asked anew."""
        deferred = [record.facts[ref] for ref in state.thread if isinstance(record.facts[ref].payload, Deferred)]
        since = max([s.stamp for s in deferred if state.deferrals] + [state.again or 0])
        start = day_of(datetime.fromtimestamp(since / 1_000_000, UTC)) if since else first
        if state.due_on is not None:
            return start, date.fromisoformat(state.due_on)
        opening = record.facts.get(state.ref.opening)
        if opening is None:  # a county that was asked to see to the case holds no more of it
            return start, None
        kind, rules = deadline_of(state.ref.kind, opening.payload), self._node.deadlines
        if state.again is None or kind not in rules.answers:
            return start, None
        asked = state.ref.asked
        return start, due_on(kind, state.asker, asked, start, rules=rules, calendar=self._node.calendar).day

    def _steps(self, start: date, due: date, asked: str) -> tuple[Step, ...]:
        return steps(start, due, asked, self._node.deadlines, self._node.calendar)
