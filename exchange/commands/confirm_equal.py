"""Many questions answered at once: the exchange compares, and those in which nothing differs are confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from events.errors import Malformed
from exchange.access import access_log
from exchange.access.caller import Caller
from exchange.books import UNREADABLE
from exchange.clock import day_of
from exchange.commands.act import Item
from exchange.commands.asked import CONFIRMED, Outcome, asked, left, outcome
from exchange.commands.record import record
from exchange.protocol.refusals import NoSuchCase

if TYPE_CHECKING:
    from exchange.node import Node


def confirm_equal(node: Node, caller: Caller, wanted: Sequence[str], act: str | None = None) -> list[Outcome]:
    """Confirm those of these cases in which nothing differs. An outcome for each, in order.

    `act`: an id chosen by the client, under which a repeated request gives the first result; each case stands for
    itself. Raises Forbidden where the caller may not answer, Malformed where a case is named twice or too many are.
    """
    caller.require("confirmer", "supervisor")
    if not 0 < len(wanted) <= node.settings.max_batch:
        raise Malformed(field="cases", rule="batch.size", most=node.settings.max_batch, count=len(wanted))
    if twice := sorted({case for case in wanted if wanted.count(case) > 1}):
        raise Malformed(field="cases", rule="case.twice", value=twice[0])
    with node.look(caller) as session:
        these = asked(node, session, caller.office, wanted, act)
    access_log.note(node.uow, caller, "case", these.reads, node.clock())
    today = day_of(node.clock()).isoformat()
    found: dict[str, Outcome] = {}
    items: dict[str, Item] = {}
    for case, row in these.rows.items():
        if row is None:
            found[case] = Outcome(case=case, became="refused", error=NoSuchCase(field="case"))
            continue
        item = these.item(case, CONFIRMED, today, {}, None)
        if case in these.before:
            items[case] = item
            continue
        try:
            held = these.held(row)
        except UNREADABLE:  # of whom it is: an operator has to look, and the others are confirmed
            found[case] = Outcome(case=case, became="unclear")
            continue
        if held is not None and held.comparison.found == "equal":
            items[case] = msgspec.structs.replace(item, if_match=held.etag)
        else:
            found[case] = left(case, held)
    results = record(node, caller, list(items.values()), all_or_nothing=False) if items else []
    found |= {case: outcome(case, "confirmed", result) for case, result in zip(items, results, strict=True)}
    return [found[case] for case in wanted]
