"""Open questions as a list shows them: what each asks, what comparing says of it, and what may be said to it now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from events.names import full_name
from exchange.access import access_log
from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.books import UNREADABLE
from exchange.clock import day_of
from exchange.commands.asked import asked
from exchange.protocol.comparing.equal import Compared
from exchange.protocol.questions.answering import allowed
from exchange.protocol.questions.asking import sentence
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """`asks`: the key of the sentence. `fields`: those that differ. `name`: None where it was not told."""

    person: str
    name: str | None
    asks: str
    compared: Compared
    fields: tuple[str, ...]
    allowed: tuple[str, ...]


def questions(node: Node, caller: Caller, cases: Sequence[str], *, purpose: str = "case") -> Mapping[str, Question]:
    """By case, those of the caller's own that its book holds and that can be read. Raises Forbidden."""
    require(caller, purpose)
    with node.look(caller) as session:
        try:
            found = _read(node, session, caller, cases)
        except UNREADABLE:  # of somebody: one by one, which concerns nobody else
            found = {case: each for one in cases for case, each in _alone(node, session, caller, one).items()}
    read = [(each.person, ("case",)) for each in found.values()]
    access_log.note(node.uow, caller, purpose, read, node.clock())
    return found


def _alone(node: Node, session: SqlSession, caller: Caller, case: str) -> dict[str, Question]:
    try:
        return _read(node, session, caller, [case])
    except UNREADABLE:
        return {}


def _read(node: Node, session: SqlSession, caller: Caller, cases: Sequence[str]) -> dict[str, Question]:
    today, deferrals = day_of(node.clock()).isoformat(), node.deadlines.periods["deferrals"]
    found: dict[str, Question] = {}
    these = asked(node, session, caller.office, cases, None)
    for case, row in these.rows.items():
        held = these.held(row) if row is not None else None
        if row is None or held is None:
            continue
        name = held.record.particulars.get("name")
        found[case] = Question(
            person=row.person,
            name=full_name(name) if name else None,
            asks=sentence(held.record, held.state),
            compared=held.comparison.found,
            fields=held.comparison.fields,
            allowed=allowed(held.state.ref, today, caller.office, held.record, deferrals),
        )
    return found
