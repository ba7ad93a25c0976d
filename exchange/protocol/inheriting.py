"""How a book is read after offices were succeeded: each office as the one that answers for it today. Pure.

Codes in events and deliveries never change; only what is folded out of them speaks of today's offices. References to
events keep the code of who recorded them, for they are names and not offices.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial, reduce
from typing import Any

import msgspec

from events.catalogue.amendment import Corrected
from events.catalogue.fact import Fact
from events.catalogue.values import CaseRef, Other, Place, StayName, Tied
from events.envelope import Ref
from events.standing import Facts, Stand, Standing
from exchange.protocol.book import Delivery
from exchange.protocol.grounds import counting, follows, weightier
from exchange.protocol.offices import Offices

Successor = Callable[[str], str]
_OFFICES = ("to", "keeper", "teller")  # fields of a payload that name an office by its code alone
# Fields of a correction, which holds plain values, and where such a value names an office.
_CORRECTED = frozenset({"to", "keeper", "from", "registration", "origin", "destination", "other"})
_NAMING = ("code", "last", "at")


def inherited(stand: Stand, offices: Offices) -> Stand:
    """Every fact with today's offices, who may be others for each person; the same where nobody was succeeded."""
    if not offices.successions:
        return stand
    facts = {ref: _fact(s, partial(offices.successor, person=s.event.person)) for ref, s in stand.facts.items()}
    return msgspec.structs.replace(stand, facts=Facts(facts))


def handed_on(told: Iterable[tuple[Delivery, str]], offices: Offices) -> list[Delivery]:
    """The deliveries between the offices that answer today for their two sides; of one event one for each pair.

    `told`: each with the person whom its event is about.
    """
    if not offices.successions:
        return [delivery for delivery, _ in told]
    found: dict[tuple[Ref, str, str], list[Delivery]] = {}
    for delivery, person in told:
        today = between_heirs(delivery, person, offices)
        found.setdefault((today.ref, today.teller, today.to), []).append(today)
    return [reduce(_joined, sorted(each, key=_order)) if len(each) > 1 else each[0] for each in found.values()]


def between_heirs(delivery: Delivery, person: str, offices: Offices) -> Delivery:
    """One delivery as the offices of today made and got it."""
    teller, to = offices.successor(delivery.teller, person), offices.successor(delivery.to, person)
    if (teller, to) == (delivery.teller, delivery.to):
        return delivery
    return msgspec.structs.replace(delivery, teller=teller, to=to)


def _joined(first: Delivery, last: Delivery) -> Delivery:
    """What two offices that became one were told of one event, or told; the latest revision counts, as ever.

    Every question stays put, whichever of the two it was put to. Of several each is joined with those before it in
    `_order`: so the same comes of them, whichever is read first.
    """
    kinds = {question.kind for question in last.asked}
    asked = (*last.asked, *(question for question in first.asked if question.kind not in kinds))
    parts = last.parts | first.parts if first.revision == last.revision else last.parts
    ground = counting(first.ground, last.ground, asked=bool(first.asked), asks=bool(last.asked))
    if first.revision == last.revision and not asked:  # neither was told after the other
        ground = weightier(first.ground, last.ground)
    return msgspec.structs.replace(last, parts=parts, asked=asked, ground=ground)


def _order(told: Delivery) -> tuple[Any, ...]:
    """The latest revision last; of two that are as late the one that asks, tells more, or came with a notice."""
    asked = [(question.kind, question.due_on or "") for question in told.asked]
    said = (told.kind or "", follows(told.ground), told.ground, told.act, str(told.trigger or ""))
    return told.revision, told.asks, sorted(told.parts), told.kind is not None, said, asked


def _fact(standing: Standing, successor: Successor) -> Standing:
    event = standing.event
    return msgspec.structs.replace(
        standing,
        event=msgspec.structs.replace(event, payload=_payload(event.payload, successor)),
        payload=_payload(standing.payload, successor),
        author=successor(standing.author),
    )


def _payload(fact: Fact, successor: Successor) -> Fact:
    changed: dict[str, Any] = {}
    for name in fact.__struct_fields__:
        held = getattr(fact, name)
        today = successor(held) if name in _OFFICES and isinstance(held, str) else _value(held, successor)
        if today is not held and today != held:
            changed[name] = today
    if isinstance(fact, Corrected):
        changed["set"] = _corrected(fact.set, successor)
    return msgspec.structs.replace(fact, **changed) if changed else fact


def _corrected(changes: Mapping[str, Any], successor: Successor) -> dict[str, Any]:
    """What it sets, and what a correction of a correction does."""
    found = dict(changes)
    for field in _CORRECTED & changes.keys():
        value = changes[field]
        if isinstance(value, str):
            found[field] = successor(value)
        elif isinstance(value, Mapping):
            found[field] = {**value, **{key: _today(value[key], successor) for key in _NAMING if key in value}}
    if isinstance(changes.get("set"), Mapping):
        found["set"] = _corrected(changes["set"], successor)
    return found


def _value(value: Any, successor: Successor) -> Any:
    if value is None or isinstance(value, str | dict):
        return value  # as most are
    replace = msgspec.structs.replace
    if isinstance(value, Place):
        return replace(value, code=_today(value.code, successor), last=_today(value.last, successor))
    if isinstance(value, CaseRef):
        return replace(value, asked=successor(value.asked))
    if isinstance(value, StayName):
        told = value.town or (value.stay.author if value.stay is not None else None)
        today = _today(told, successor)
        return value if today == told else replace(value, town=today)
    if isinstance(value, Other):
        return replace(value, at=_today(value.at, successor))
    if isinstance(value, Tied):
        return replace(value, other=_value(value.other, successor))
    if isinstance(value, tuple):
        return tuple(_value(each, successor) for each in value)
    return value


def _today(code: str | None, successor: Successor) -> str | None:
    return None if code is None else successor(code)
