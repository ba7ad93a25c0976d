"""Particulars: folded from facts by their keeper, taken from the keeper's statement by everybody else. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Left
from events.catalogue.person import Changed, Registered, Stated
from events.parts import TIES
from events.standing import Facts, Standing
from exchange.protocol.life.ties import MARITAL_STATUS, Ties, marital_status

OWNED_BY_MAIN_STAY = frozenset({"occupation", "phone"})


def particulars(facts: Facts, survivor: str, office: str, keeper: str | None) -> dict[str, Any]:
    """Field -> value as this office holds it."""
    statement = None if office == keeper else latest_statement(facts.in_force(Stated), keeper)
    held: dict[str, Any] = {}
    if statement is not None and isinstance(statement.payload, Stated):
        held.update(statement.payload.particulars)
    else:
        for entry in _registrations(facts, survivor, keeper):
            held.update(entry)
    _change(held, facts, statement)
    if office != keeper:
        for field, value in stated_by(facts, office).items():
            held.setdefault(field, value)
        if not held:
            held.update(_given(facts))
    elif not held:
        # Nobody registered the person: what the newest arrival states is all that is known.
        for fact in _in_order(facts, Arrived):
            if isinstance(fact.payload, Arrived):
                held.update(fact.payload.stated)
    held.pop(TIES, None)  # a record has its own place for them
    held.pop("born_year", None) if "born_on" in held else None
    return {field: value for field, value in sorted(held.items()) if value is not None}


def _in_order(facts: Facts, kind: type[Fact], *more: type[Fact]) -> list[Standing]:
    """Those in force of these kinds, in the order of K3."""
    found = list(facts.in_force(kind, *more))
    if len(found) > 1:
        found.sort(key=lambda s: s.order)
    return found


def _change(held: dict[str, Any], facts: Facts, statement: Standing | None) -> None:
    """What changed after the statement, in order; and the marital status by ties where none says what follows.

    What was recorded later, of an earlier day, may have changed again before that day came: who states knows, and
    states anew where it matters.
    """
    changes = _in_order(facts, Changed, TieBegan, TieEnded)
    if not changes:
        return
    entries = [s for s in facts.in_force(Registered) if _says_marital_status(s)]
    entered = max((entry.day for entry in entries), default="")
    fold = Ties()
    for fact in changes:
        if isinstance(fact.payload, Changed) and _follows(fact, statement):
            held.update(fact.payload.set)
        fold.take(fact)
        status = marital_status(fold, fact, held.get(MARITAL_STATUS))
        if statement is None and status != held.get(MARITAL_STATUS) and fact.day >= entered:
            held[MARITAL_STATUS] = status


def _follows(fact: Standing, statement: Standing | None) -> bool:
    return statement is None or (fact.stamp > statement.stamp and fact.day >= statement.day)


def _says_marital_status(entry: Standing) -> bool:
    return isinstance(entry.payload, Registered) and MARITAL_STATUS in entry.payload.particulars


def latest_statement(statements: Iterable[Standing], keeper: str | None) -> Standing | None:
    """The keeper's statement with the highest stamp, else that of whoever kept the person before."""
    return max(statements, key=lambda s: (s.author == keeper, s.stamp, s.ref), default=None)


def stated_by(facts: Facts, office: str) -> dict[str, Any]:
    """What the arrivals that this office recorded state, the newest last."""
    stated: dict[str, Any] = {}
    for fact in _in_order(facts, Arrived):
        if isinstance(fact.payload, Arrived) and fact.author == office:
            stated.update(fact.payload.stated)
    return stated


def _given(facts: Facts) -> dict[str, Any]:
    """By what a town that was only told to expect the person recognises them, the newest last."""
    given: dict[str, Any] = {}
    for fact in _in_order(facts, Departed, Left):
        if isinstance(fact.payload, Departed | Left):
            given.update(fact.payload.given)
    return given


def _registrations(facts: Facts, survivor: str, keeper: str | None) -> list[Mapping[str, Any]]:
    """The entries of registered persons: those given up first, so that the survivor's count; of these the keeper's own
    last, for by another's word it would find right whatever that one asks it about.
    """
    entries = _in_order(facts, Registered)
    entries.sort(key=lambda s: (s.event.person == survivor, s.author == keeper, -s.stamp))
    return [s.payload.particulars for s in entries if isinstance(s.payload, Registered)]
