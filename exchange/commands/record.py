"""Record events: one act, all or nothing, or a batch in which each act stands for itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

from events.errors import Conflict, ExchangeError, Malformed, StaleVersion
from exchange.access.caller import Caller, Forbidden
from exchange.commands import match_person, sheltering, tying
from exchange.commands.act import ActRefused, Item, Result
from exchange.commands.desk import ASKING, LINKING, OPENING, Desk
from exchange.commands.lookups import Lookups, Unseen, asked, holders_of, nothing_more
from exchange.commands.overseeing import require_office
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

# What answers or asks is a confirmer's; everything else a clerk's. A supervisor may order either.
_CONFIRMING = ("case.", "enquiry.", "request.", "notification.")
TRIES = 50  # of an act whose stream others write to: in each try at least one of them got through


def record(node: Node, caller: Caller, items: Sequence[Item], *, all_or_nothing: bool = True) -> list[Result]:
    """Record these events in the caller's office. A result for each item, in order; refusals are results, too.

    All or nothing: one refusal refuses every item, the others with `act_refused`. Otherwise items that share a
    `submission` are one act, and an item without one is an act of its own.
    Raises Malformed where the batch is too long or empty, Forbidden where the caller may not record here.
    """
    _authorise(node, caller, items)
    node.step("before record")
    record_them = _record_alone if len(items) == 1 and _goes_alone(node, items[0]) else _record_together
    for tried in count(1):
        try:
            results = record_them(node, caller, items, all_or_nothing)
            break
        except (StaleVersion, Conflict):  # somebody was faster, perhaps this very act: decide on what stands there now
            if tried == TRIES:
                raise
            node.step("decide anew")
    if any(result.status == "repeated" for result in results):
        node.uow.confirm()
    node.step("after record")
    return results


def _goes_alone(node: Node, item: Item) -> bool:
    """Whether nothing but the event is written: no key, no document, no link or tie between persons."""
    named = match_person.tokens(node.index, item.content) or tying.names_another(item.type, item.content)
    named = named or sheltering.tells_address(item.type, item.content)
    return item.type not in OPENING | LINKING | ASKING and not named


def _record_alone(node: Node, caller: Caller, items: Sequence[Item], _whole: bool) -> list[Result]:
    """Decided in one moment of reading, then written by one statement: its version says whether somebody was faster."""
    try:
        desk, results = _decided(node, _glanced(node, caller, items), caller, items)
    except Unseen:
        with node.uow.look() as session:
            desk, results = _decided(node, _lookups(node, session, caller, items), caller, items)
    for event in desk.decided.events.values():
        node.uow.append(event)
        node.step("act recorded")
    return results


def _record_together(node: Node, caller: Caller, items: Sequence[Item], whole: bool) -> list[Result]:
    """Decided and written in one transaction, in which nobody else opens a dossier with the same documents."""
    results: dict[int, Result] = {}
    named = {token for item in items for token in match_person.tokens(node.index, item.content)}
    with node.uow.begin(guard=named) as session:
        lookups = _lookups(node, session, caller, items)
        for act in [list(range(len(items)))] if whole else _acts(items):
            desk, taken = _decided(node, lookups, caller, [items[at] for at in act])
            desk.decided.write(session, lookups)
            results.update(zip(act, taken, strict=True))
            node.step("act recorded")
    return [results[at] for at in range(len(items))]


def _glanced(node: Node, caller: Caller, items: Sequence[Item]) -> Lookups:
    """All that most decisions need, read by one question. Raises Unseen where more is needed from the outset."""
    persons, named = asked(node, caller.office, items)
    if not persons:
        raise Unseen
    found = node.uow.glance(lambda reader: reader.gathered(persons, named))
    if not node.knows(found.offices):
        raise Unseen
    _require_open(node, caller)
    return Lookups(node, caller.office, found, nothing_more)


def _lookups(node: Node, session: SqlSession, caller: Caller, items: Sequence[Item]) -> Lookups:
    holders = holders_of(session, {token for item in items for token in match_person.tokens(node.index, item.content)})
    while True:
        persons, named = asked(node, caller.office, items)
        found = session.gathered(sorted(persons.union(*map(match_person.telling, holders.values()))), named)
        if node.knows(found.offices):
            break
        node.learn_offices(session)  # another process has recorded a succession since
    _require_open(node, caller)
    return Lookups(node, caller.office, found, lambda: session, holders)


def _require_open(node: Node, caller: Caller) -> None:
    if node.offices.ended(caller.office):
        heir = node.offices.successor(caller.office)
        rule = "office.closed" if heir == caller.office else "office.ended"
        raise Forbidden(field="office", rule=rule, office=heir)


def _authorise(node: Node, caller: Caller, items: Sequence[Item]) -> None:
    if not 0 < len(items) <= node.settings.max_batch:
        raise Malformed(field="items", rule="batch.size", most=node.settings.max_batch, count=len(items))
    require_office(caller.office, (item.type for item in items))  # first, for it says what to name instead
    if not node.serves(caller.office):
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


def _decided(node: Node, lookups: Lookups, caller: Caller, act: Sequence[Item]) -> tuple[Desk, list[Result]]:
    """A desk with what is to be written, which is nothing where anything is refused."""
    desk = Desk(node, lookups, caller.office, caller.actor, node.clock())
    contents: list[dict[str, Any]] = []
    refused: dict[int, ExchangeError] = {}
    for at, item in enumerate(act):  # all of them, before the book is asked: a caller mends everything at once
        try:
            contents.append(desk.judged(item))
        except Malformed as error:
            refused[at] = error
    if refused:
        return desk, _refused(act, refused)
    results: list[Result] = []
    for at, (item, content) in enumerate(zip(act, contents, strict=True)):
        if refused and not _by_itself(item, act[:at]):
            continue  # what it would be judged on is not as it was meant to be
        try:
            results.append(desk.take(item, content))
        except ExchangeError as error:
            refused[at] = error
    refused = refused or tying.one_sided(desk.ties, desk.record)
    if refused:
        desk.decided.discard()
        return desk, _refused(act, refused)
    return desk, results


def _by_itself(item: Item, earlier: Sequence[Item]) -> bool:
    """Whether an item can be judged though one before it was refused: it is about a person of its own, named by id."""
    known = item.person is not None and item.person.count("-") == 4
    names = tying.names_another(item.type, item.content) or item.type in LINKING
    return known and not names and item.because is None and all(item.person != each.person for each in earlier)


def _refused(act: Sequence[Item], errors: Mapping[int, ExchangeError]) -> list[Result]:
    """Each at fault with its own error; the others only share the act's fate."""
    shared = ActRefused(item=min(errors))
    return [
        Result(id=item.id or "", person=item.person, status="refused", error=errors.get(at, shared))
        for at, item in enumerate(act)
    ]
