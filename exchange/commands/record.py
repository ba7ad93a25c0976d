"""Record events: one act, all or nothing, or a batch in which each act stands for itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from events.errors import ExchangeError, Malformed
from exchange.access.caller import Caller, Forbidden
from exchange.commands.act import ActRefused, Item, Result
from exchange.commands.desk import Desk
from exchange.commands.lookups import Lookups
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

# What answers or asks is a confirmer's; everything else a clerk's. A supervisor may order either.
_CONFIRMING = ("case.", "request.", "notification.")


def record(node: Node, caller: Caller, items: Sequence[Item], *, all_or_nothing: bool = True) -> list[Result]:
    """Record these events in the caller's office. A result for each item, in order; refusals are results, too.

    All or nothing: one refusal refuses every item, the others with `act_refused`. Otherwise items that share a
    `submission` are one act, and an item without one is an act of its own.
    Raises Malformed where the batch is too long or empty, Forbidden where the caller may not record here.
    """
    _authorise(node, caller, items)
    node.step("before record")
    results: dict[int, Result] = {}
    with node.uow.begin() as session:
        node.learn_offices(session)  # another process may have recorded a succession since
        if node.offices.ended(caller.office):
            raise Forbidden(field="office", rule="office.ended", office=node.offices.successor(caller.office))
        lookups = Lookups(node, session, caller.office, items)
        for act in [list(range(len(items)))] if all_or_nothing else _acts(items):
            taken = _take(node, session, lookups, caller, [items[at] for at in act])
            results.update(zip(act, taken, strict=True))
            node.step("act recorded")
    node.step("after record")
    return [results[at] for at in range(len(items))]


def _authorise(node: Node, caller: Caller, items: Sequence[Item]) -> None:
    if not 0 < len(items) <= node.settings.max_batch:
        raise Malformed(field="items", rule="batch.size", most=node.settings.max_batch, count=len(items))
    if not node.serving.serves(caller.office):
        raise Forbidden(field="office", rule="office.not_served", office=caller.office)
    for item in items:
        if item.type.startswith(_CONFIRMING):
            caller.require("confirmer", "supervisor")
        else:
            caller.require("clerk", "supervisor")


def _acts(items: Sequence[Item]) -> Iterable[list[int]]:
    acts: dict[str, list[int]] = {}
    for at, item in enumerate(items):
        acts.setdefault(item.submission or f"#{at}", []).append(at)
    return acts.values()


def _take(node: Node, session: SqlSession, lookups: Lookups, caller: Caller, act: Sequence[Item]) -> list[Result]:
    desk = Desk(node, session, lookups, caller.office, caller.actor, node.clock())
    contents: list[dict[str, Any]] = []
    refused: dict[int, ExchangeError] = {}
    for at, item in enumerate(act):  # all of them, before the book is asked: a caller mends everything at once
        try:
            contents.append(desk.judged(item))
        except Malformed as error:
            refused[at] = error
    if refused:
        return _refused(act, refused)
    results: list[Result] = []
    for at, (item, content) in enumerate(zip(act, contents, strict=True)):
        try:
            results.append(desk.take(item, content))
        except ExchangeError as error:
            return _refused(act, {at: error})
    desk.commit()
    return results


def _refused(act: Sequence[Item], errors: Mapping[int, ExchangeError]) -> list[Result]:
    """Each at fault with its own error; the others only share the act's fate."""
    shared = ActRefused(item=min(errors))
    return [
        Result(id=item.id or "", person=item.person, status="refused", error=errors.get(at, shared))
        for at, item in enumerate(act)
    ]
