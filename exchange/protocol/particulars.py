"""Particulars: folded from facts by their keeper, taken from the keeper's statement by everybody else. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from events.catalogue.movement import Arrived, Departed, Left
from events.catalogue.person import Changed, Registered, Stated
from events.parts import TIES
from events.standing import Standing
from exchange.protocol.ties import MARITAL_STATUS, Ties, marital_status

OWNED_BY_MAIN_STAY = frozenset({"occupation", "phone"})


def particulars(facts: Iterable[Standing], survivor: str, office: str, keeper: str | None) -> dict[str, Any]:
    """Field -> value as this office holds it."""
    standing = sorted((s for s in facts if not s.void), key=lambda s: s.order)
    statement = None if office == keeper else latest_statement(standing, keeper)
    held: dict[str, Any] = {}
    since = -1
    if statement is not None and isinstance(statement.payload, Stated):
        held.update(statement.payload.particulars)
        since = statement.stamp
    else:
        for entry in _registrations(standing, survivor):
            held.update(entry)
    _change(held, standing, since, by_ties=statement is None)
    if office != keeper:
        for field, value in stated_by(standing, office).items():
            held.setdefault(field, value)
        if not held:
            held.update(_given(standing))
    elif not held:
        # Nobody registered the person: what the newest arrival states is all that is known.
        for fact in standing:
            if isinstance(fact.payload, Arrived):
                held.update(fact.payload.stated)
    held.pop(TIES, None)  # a record has its own place for them
    held.pop("born_year", None) if "born_on" in held else None
    return {field: value for field, value in sorted(held.items()) if value is not None}


def _change(held: dict[str, Any], standing: Sequence[Standing], since: int, *, by_ties: bool) -> None:
    """What changed after `since`, in order; and the marital status by ties where no statement says what follows."""
    entries = [s for s in standing if isinstance(s.payload, Registered) and MARITAL_STATUS in s.payload.particulars]
    entered = max((entry.day for entry in entries), default="")
    fold = Ties()
    for fact in standing:
        if isinstance(fact.payload, Changed) and fact.stamp > since:
            held.update(fact.payload.set)
        fold.take(fact)
        status = marital_status(fold, fact, held.get(MARITAL_STATUS))
        if by_ties and status != held.get(MARITAL_STATUS) and fact.day >= entered:
            held[MARITAL_STATUS] = status


def latest_statement(facts: Iterable[Standing], keeper: str | None) -> Standing | None:
    """The keeper's statement with the highest stamp, else that of whoever kept the person before."""
    statements = [s for s in facts if isinstance(s.payload, Stated)]
    return max(statements, key=lambda s: (s.author == keeper, s.stamp, s.ref), default=None)


def stated_by(facts: Iterable[Standing], office: str) -> dict[str, Any]:
    """What the arrivals that this office recorded state, the newest last."""
    stated: dict[str, Any] = {}
    for fact in facts:
        if isinstance(fact.payload, Arrived) and fact.author == office:
            stated.update(fact.payload.stated)
    return stated


def _given(facts: Iterable[Standing]) -> dict[str, Any]:
    """By what a town that was only told to expect the person recognises them, the newest last."""
    given: dict[str, Any] = {}
    for fact in facts:
        if isinstance(fact.payload, Departed | Left):
            given.update(fact.payload.given)
    return given


def _registrations(facts: Iterable[Standing], survivor: str) -> list[Mapping[str, Any]]:
    """The entries of registered persons: those given up first, so that the survivor's count."""
    entries = [s for s in facts if isinstance(s.payload, Registered)]
    entries.sort(key=lambda s: (s.event.person == survivor, -s.stamp))
    return [s.payload.particulars for s in entries if isinstance(s.payload, Registered)]
