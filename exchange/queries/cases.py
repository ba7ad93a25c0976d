"""Cases of an office, or of the area that a supervisor oversees: clear columns only, so no person is read."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import msgspec

from exchange.access.caller import Caller
from exchange.clock import day_of
from exchange.jurisdictions.codes import stem
from exchange.tables import cases as table
from exchange.tables.cases import CaseRow, Which
from exchange.tables.paging import Page

if TYPE_CHECKING:
    from exchange.node import Node

_MAY_BE_LATE = frozenset({"open", "deferred"})


def cases(
    node: Node, caller: Caller, which: Which | None = None, cursor: str | None = None, limit: int = 50
) -> Page[CaseRow]:
    """A page, what is due first comes first; overdue follows from the day alone. Raises Malformed: cursor.form."""
    today = day_of(node.clock())
    with node.uow.look() as session:
        page = table.some(session.sql, _chosen(caller, which, today), cursor, limit)
    return Page(tuple(as_of(row, today) for row in page.rows), page.next)


def how_many(node: Node, caller: Caller, which: Which | None = None) -> int:
    """How many cases there are, counted no further than the table's limit."""
    with node.uow.look() as session:
        return table.how_many(session.sql, _chosen(caller, which, day_of(node.clock())))


def as_of(row: CaseRow, today: date) -> CaseRow:
    """The case as it stands on the day: overdue where the office asked has let its day go by."""
    late = row.status in _MAY_BE_LATE and row.due_on is not None and row.due_on < today.isoformat()
    return msgspec.structs.replace(row, status="overdue") if late else row


def _chosen(caller: Caller, which: Which | None, today: date) -> Which:
    found = which or Which()
    area = stem(caller.office) if caller.roles & {"supervisor", "auditor", "operator"} else caller.office
    if found.area is not None and area == stem(caller.office) and found.area.startswith(area):
        area = found.area
    found = msgspec.structs.replace(found, area=area)
    if found.status == "overdue":
        return msgspec.structs.replace(found, status="open", due_before=found.due_before or today.isoformat())
    return found
