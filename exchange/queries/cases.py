"""Cases of an office, or of the area that a supervisor oversees: clear columns only, so no person is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from exchange.access.caller import Caller
from exchange.access.sight import area, sight
from exchange.tables import cases as table
from exchange.tables.cases import CaseRow, Which
from exchange.tables.paging import Page

if TYPE_CHECKING:
    from exchange.node import Node


def cases(
    node: Node, caller: Caller, which: Which | None = None, cursor: str | None = None, limit: int = 50
) -> Page[CaseRow]:
    """A page, what is due first comes first. Raises Malformed: cursor.form."""
    chosen = _chosen(caller, which)
    with node.uow.look(sight(caller, node.offices)) as session:
        return table.some(session.sql, chosen, cursor, limit)


def how_many(node: Node, caller: Caller, which: Which | None = None) -> int:
    """How many cases there are, counted no further than the table's limit."""
    chosen = _chosen(caller, which)
    with node.uow.look(sight(caller, node.offices)) as session:
        return table.how_many(session.sql, chosen)


def _chosen(caller: Caller, which: Which | None) -> Which:
    found, whole = which or Which(), area(caller)
    narrower = found.area is not None and len(whole) < len(caller.office) and found.area.startswith(whole)
    return found if narrower else msgspec.structs.replace(found, area=whole)
