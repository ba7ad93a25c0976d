"""The letters that an office has to write, since those whom it would ask do not use the exchange."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.clock import day_of
from exchange.jurisdictions.deadlines import due_on
from exchange.letters.letter import Letter, letter
from exchange.pipeline.settling import deadline_of, is_urgent
from exchange.protocol.life.contradictions import case_id
from exchange.protocol.questions.letters import Written, letters
from exchange.protocol.refusals import NoSuchCase
from exchange.queries.cases import cases
from exchange.queries.open_dossier import Opened, open_dossier
from exchange.tables import cases as table
from exchange.tables.cases import CaseRow, Which
from exchange.tables.paging import Page

if TYPE_CHECKING:
    from exchange.node import Node

READ = ("letter",)


def letters_of(node: Node, caller: Caller, purpose: str, cursor: str | None = None, limit: int = 50) -> Page[Letter]:
    """A page of the letters of the caller's own office, one for each case that is not reachable."""
    require(caller, purpose)
    which = Which(area=caller.office, side="asker", status="not_reachable")
    page = cases(node, caller, which, cursor, limit)
    return Page(tuple(letter_of(node, caller, purpose, row.id, row) for row in page.rows), page.next)


def letter_of(node: Node, caller: Caller, purpose: str, case: str, row: CaseRow | None = None) -> Letter:
    """The letter of one case, as it would be written today. Raises NoSuchCase where none has to be written."""
    found = row or _row(node, caller, case)
    opened = open_dossier(node, caller, purpose, found.person, READ)
    for each in letters(opened.book, opened.record):
        if case_id(each.case) == case:
            return _letter(node, opened, each)
    raise NoSuchCase(field="case_id")


def _row(node: Node, caller: Caller, case: str) -> CaseRow:
    with node.look(caller) as session:
        found = table.one(session.sql, caller.office, case)
    if found is None or found.status != "not_reachable":
        raise NoSuchCase(field="case_id")
    return found


def _letter(node: Node, opened: Opened, written: Written) -> Letter:
    today = day_of(node.clock())
    opening = opened.record.facts[written.case.opening].payload
    kind, urgent, rules = deadline_of(written.case.kind, opening), is_urgent(opening), node.deadlines
    due = due_on(kind, written.asker, written.case.asked, today, urgent=urgent, rules=rules, calendar=node.calendar)
    day, closed = due.day.isoformat(), written.case.asked in node.offices.closed
    return letter(written, today.isoformat(), day, provisional=due.provisional, closed=closed)
