"""Cases of an office, or of the area that a supervisor oversees: clear columns only, so no person is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from exchange.access.caller import Caller
from exchange.jurisdictions.codes import stem
from exchange.tables import cases as table
from exchange.tables.cases import CaseRow, Which
from exchange.tables.paging import Page

if TYPE_CHECKING:
    from exchange.node import Node


def cases(
    node: Node, caller: Caller, which: Which | None = None, cursor: str | None = None, limit: int = 50
) -> Page[CaseRow]:
    """A page, what is due first comes first. Raises Malformed: cursor.form."""
    with node.uow.look() as session:
        return table.some(session.sql, _chosen(caller, which), cursor, limit)


def how_many(node: Node, caller: Caller, which: Which | None = None) -> int:
    """How many cases there are, counted no further than the table's limit."""
    with node.uow.look() as session:
        return table.how_many(session.sql, _chosen(caller, which))


def _chosen(caller: Caller, which: Which | None) -> Which:
    found = which or Which()
    area = stem(caller.office) if caller.roles & {"supervisor", "auditor", "operator"} else caller.office
    if found.area is not None and area == stem(caller.office) and found.area.startswith(area):
        area = found.area
    return msgspec.structs.replace(found, area=area)
