"""Reminding: the reminders and escalations of today, found from the table of cases, recorded in the books concerned.

A reminder that no sweep made on its day is not made up for, since a later one says more; that a case is overdue, and
that somebody above must see to it, is recorded however late. Of whom the table says another day than the one by which
reminders go is settled again (`renewing_days`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple

from events.catalogue.case import Deferred
from events.store.moment import to_moment
from exchange.books import Shelf
from exchange.clock import day_of
from exchange.jurisdictions import codes
from exchange.jurisdictions.codes import Level
from exchange.jurisdictions.deadlines import Ground, Step, decides_by, steps
from exchange.pipeline.awaited import counted, due_anew, working_from
from exchange.pipeline.by_person import by_person
from exchange.pipeline.renewing_days import lists_another_day, settle_again
from exchange.pipeline.settling import Settling
from exchange.protocol.draft import Draft
from exchange.protocol.life.contradictions import case_id
from exchange.protocol.offices import Offices
from exchange.protocol.questions.pressing import Turn, turn
from exchange.protocol.questions.reminding import escalation, reminder, turn_of
from exchange.protocol.record import DECIDING, CaseState, Record
from exchange.protocol.view import view
from exchange.tables import cases
from exchange.tables.cases import CaseRow

if TYPE_CHECKING:
    from exchange.node import Node

_AHEAD = timedelta(days=60)  # half of the longest time for an answer
_ABOVE: Mapping[Ground, Level] = {"escalated_county": Level.COUNTY, "escalated_province": Level.PROVINCE}


def remind(node: Node, after: str | None, limit: int) -> tuple[int, str | None]:
    """Record what today's deadlines bring for a page of cases. How many facts that were, and where the next begins."""
    today = day_of(node.clock())
    calendar = _Calendar(node)
    with node.uow.look() as session:
        page = cases.waiting(session.sql, after, limit)
    made = _remind(node, calendar, page.rows, today)
    settle_again(node, calendar.listed_otherwise | {row.person for row in page.rows if lists_another_day(node, row)})
    return made, page.next


def _remind(node: Node, calendar: _Calendar, waiting: Sequence[CaseRow], today: date) -> int:
    found: dict[str, dict[str, CaseRow]] = {}
    rows = [row for row in waiting if calendar.concerns(row, today)]
    for row in rows:
        if not row.late or not set(calendar.above(row, today)) <= set(row.escalated):
            found.setdefault(row.person, {})[row.id] = row

    def press(settling: Settling, shelved: Shelf, person: str) -> None:
        for office in sorted(filter(node.serves, shelved.concerned())):
            _press(calendar, settling, shelved, office, found[person], today)

    return by_person(node, found, press)


def _press(
    calendar: _Calendar, settling: Settling, shelved: Shelf, office: str, rows: Mapping[str, CaseRow], today: date
) -> None:
    book = shelved.book(office)
    for record in view(book):
        for state in record.cases.values():
            row = rows.get(case_id(state.ref))
            if row is None or state.hidden:
                continue
            calendar.compare(record, state, row, office)
            for draft in _drafts(calendar, book.offices, record, state, row, today):
                book.record(settling.make_event(office, draft, book))


def _drafts(
    calendar: _Calendar, offices: Offices, record: Record, state: CaseState, row: CaseRow, today: date
) -> Iterator[Draft]:
    whose, term = turn_of(offices, record, state), calendar.term(record, state, row)
    if whose is None or term is None:
        return
    for step in calendar.steps(*term, whose.acts):
        above = _ABOVE.get(step.ground)
        draft = None
        if above is not None and step.day <= today:
            draft = escalation(offices, record, state, codes.at(whose.acts, above), term.due.isoformat())
        elif step.day == today or (step.ground == "overdue" and step.day < today):
            draft = reminder(offices, record, state, step.ground, term.due.isoformat())
        if draft is not None:
            yield draft


class _Term(NamedTuple):
    """From when, and until when, the answer or the decision is awaited."""

    start: date
    due: date


class _Calendar:
    """The node's deadlines, each worked out once a sweep."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self.listed_otherwise: set[str] = set()  # about whom the table tells a day that only a book shows to be another
        self.steps = lru_cache(maxsize=10_000)(self._steps)
        self._decides = lru_cache(maxsize=10_000)(partial(decides_by, node.deadlines, node.calendar))

    def concerns(self, row: CaseRow, today: date) -> bool:
        """Whether today may bring something to the side whose row it is; where only its book can tell, it may."""
        if row.status not in DECIDING and row.due_on is not None and row.due_on > (today + _AHEAD).isoformat():
            return False
        whose = self._turn(row)
        if whose is None or row.office not in whose or not self._node.serves(row.office):
            return False
        term = self._of_row(row)
        if term is None or row.status == "deferred":
            return row.office == whose.waits
        if row.office == whose.acts and (row.late or whose.waits != whose.acts):
            return row.late and bool(self.above(row, today))
        reached = self.steps(*term, whose.acts)
        late = any(s.ground == "overdue" and s.day <= today for s in reached)
        return not row.late and (late or any(s.day == today for s in reached))

    def above(self, row: CaseRow, today: date) -> list[str]:
        """The areas that have to be asked by today to see to it."""
        whose, term = self._turn(row), self._of_row(row)
        if whose is None or term is None:
            return []
        reached = self.steps(*term, whose.acts)
        return [codes.at(whose.acts, _ABOVE[s.ground]) for s in reached if s.ground in _ABOVE and s.day <= today]

    def compare(self, record: Record, state: CaseState, row: CaseRow, office: str) -> None:
        """By the book of that office, where it is its row: only such a one tells the days of a case asked anew."""
        if office == row.office and state.due_on is None and counted(self._node, record, state) != row.counted:
            self.listed_otherwise.add(row.person)

    def _turn(self, row: CaseRow) -> Turn | None:
        outside = not self._node.offices.within(row.asked)
        return turn(row.asker, row.asked, row.status, outside=outside)

    def _of_row(self, row: CaseRow) -> _Term | None:
        """None where only the book tells the day."""
        if row.status in DECIDING:
            return self._decision(row)
        return None if row.due_on is None else self._answer(day_of(row.opened_at), row.due_on, row.asked)

    def _answer(self, start: date, due_on: str, asked: str) -> _Term:
        return _Term(start, working_from(self._node.calendar, due_on, asked))

    def _decision(self, row: CaseRow) -> _Term | None:
        if row.answered_at is None:
            return None
        start = day_of(row.answered_at)
        return _Term(start, self._decides(row.asked, row.asker, start).day)

    def term(self, record: Record, state: CaseState, row: CaseRow) -> _Term | None:
        """By the book: a case that was opened again is asked anew. None where nothing is awaited, or until no day."""
        if state.status in DECIDING:
            return self._decision(row) if row.status in DECIDING else None  # answered since the page was read
        deferred = [record.facts[ref] for ref in state.thread if isinstance(record.facts[ref].payload, Deferred)]
        since = max([s.stamp for s in deferred if state.deferrals] + [state.again or 0])
        start = day_of(to_moment(since)) if since else day_of(row.opened_at)
        if state.due_on is not None:
            return self._answer(start, state.due_on, state.ref.asked)
        due = due_anew(self._node, record, state)
        return _Term(start, due.day) if due is not None else None

    def _steps(self, start: date, due: date, acts: str) -> tuple[Step, ...]:
        return steps(start, due, acts, self._node.deadlines, self._node.calendar)
