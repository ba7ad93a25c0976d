"""What came of the demo: what a supervisor wants to see, in figures and in lines."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

import msgspec

from exchange.clock import day_of
from exchange.demo.drive import Outcome
from exchange.queries.status import status
from exchange.reconcile import Checked, Difference, checks
from exchange.tables import cases, records
from exchange.tables.cases import CaseRow

if TYPE_CHECKING:
    from exchange.node import Node

_ALL = 1_000_000_000


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """`cases`: by state, each counted once, at the office asked. `pairs`: of a keeper and an open stay, by state.

    `in_time_share`: of the cases whose deadline has passed, those answered by then; None where none fell due.
    """

    persons: int
    events: int
    notifications: int
    deliveries: int
    cases: dict[str, int]
    in_time_share: float | None
    pairs: dict[str, int]
    records_compared: int
    refused: int
    differences: tuple[Difference, ...]


def report(node: Node, outcome: Outcome) -> Report:
    """Count and check everything."""
    now, checked = status(node), checks(node)
    today = day_of(node.clock())
    by_state = Counter(case.status for case in asked(node))
    late, in_time = punctuality(node, outcome, today)
    with node.uow.look() as session:
        compared = records.how_many(session.sql, records.Which(), most=_ALL)
    return Report(
        persons=now.persons,
        events=now.events,
        notifications=now.notices,
        deliveries=now.deliveries,
        cases=dict(sorted(by_state.items())),
        in_time_share=round(in_time / (late + in_time), 4) if late + in_time else None,
        pairs=_pairs(checked),
        records_compared=compared,
        refused=outcome.refused,
        differences=checked.differences,
    )


def asked(node: Node) -> list[CaseRow]:
    """Every case, as the office asked knows it."""
    found: list[CaseRow] = []
    cursor: str | None = None
    with node.uow.look() as session:
        while True:
            page = cases.some(session.sql, cases.Which(side="asked"), cursor, 1000)
            found += page.rows
            if (cursor := page.next) is None:
                return found


def punctuality(node: Node, outcome: Outcome, today: date) -> tuple[int, int]:
    """Of the cases whose deadline has passed: how many were not answered by then, and how many were.

    Withdrawn cases count in neither; what closed by itself was answered on the day on which it closed.
    """
    late = in_time = 0
    for case in asked(node):
        if case.due_on is None or case.due_on >= today.isoformat() or case.status == "withdrawn":
            continue
        answered = outcome.answered.get(case.id)
        if answered is None and case.closed_at is not None:
            answered = day_of(case.closed_at)
        if answered is not None and answered.isoformat() <= case.due_on:
            in_time += 1
        else:
            late += 1
    return late, in_time


def _pairs(checked: Checked) -> dict[str, int]:
    return {str(state): count for state, count in sorted(checked.pairs.items())}
