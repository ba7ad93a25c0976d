"""Renewing days: what was published or set since a case was settled reaches the lists with the next sweep.

Which days are free is published late, and settings change; the lists say what held when a dossier was settled last. So
a sweep has those settled again of whom they would say something else by now, a page at a time: whoever is recorded
meanwhile waits for no more than that. It looks at the rows themselves, and needs not be told of any change.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlalchemy import select

from events.store.sql.rows import add
from events.store.sql.schema import versions
from exchange.pipeline.awaited import working_from
from exchange.pipeline.forward import BATCH, forward
from exchange.protocol.comparing.equal import KINDS
from exchange.protocol.record import ASKED
from exchange.tables import cases
from exchange.tables.cases import CaseRow

if TYPE_CHECKING:
    from exchange.node import Node
    from exchange.unit_of_work import SqlSession

_BY_ITSELF = "by_itself"  # whether what is equal was confirmed by itself when all that wait were looked at last


def settle_again(node: Node, persons: Collection[str]) -> None:
    """Mark these and settle them, before more are looked for."""
    if not persons:
        return
    with node.uow.begin() as session:
        session.mark_dirty(persons, node.clock())
    for _ in range(0, len(persons), BATCH):
        forward(node, BATCH)


def lists_another_day(node: Node, row: CaseRow) -> bool:
    """Whether the answer is awaited until another day than the list says, as far as its row tells that."""
    if row.status not in ASKED or row.due_on is None:
        return False
    return working_from(node.calendar, row.due_on, row.asked).isoformat() != row.awaited


def confirm_what_waits(node: Node, after: str | None, limit: int) -> tuple[int, str | None]:
    """Where a setting lets what is equal be confirmed by itself since the last sweep: settle again whoever waits."""
    wanted = node.settings.confirm_equal
    with node.uow.look() as session:
        if _looked_with(session) == wanted:
            return 0, None
        page = cases.unanswered(session.sql, KINDS, after, limit) if wanted else None
    if page is not None:
        settle_again(node, {row.person for row in page.rows})
        if page.next is not None:
            return 0, page.next
    with node.uow.begin() as session:
        add(session.sql, versions, [{"name": _BY_ITSELF, "number": int(wanted)}], ("name",))
    return 0, None


def _looked_with(session: SqlSession) -> bool:
    found = session.sql.execute(select(versions.c.number).where(versions.c.name == _BY_ITSELF)).scalar_one_or_none()
    return bool(found)
