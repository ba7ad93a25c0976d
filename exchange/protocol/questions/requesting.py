"""Who may be asked for what, by the asker's own book, and which events can be amended. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import EnquiryOpened, Redirected, RequestOpened
from events.catalogue.fact import Fact
from events.standing import Facts, Standing, apply
from exchange.protocol.life.particulars import OWNED_BY_MAIN_STAY
from exchange.protocol.offices import is_area
from exchange.protocol.questions.answering import require_another
from exchange.protocol.record import Record
from exchange.protocol.refusals import (
    AlreadyVoid,
    NoSuchEvent,
    NoSuchStay,
    NotAmendable,
    NotAsked,
    NotAuthor,
    NotKeeper,
    RecordsItself,
)

_ASIDE = frozenset({"effective_on", "urgent", "note"})  # fields that let nobody else be asked, nor for anything else


def require_addressee(fact: RequestOpened, office: str, record: Record, within: str = "") -> None:
    """An amendment is asked of the one office that may make it: who recorded the event, or took its office over.

    A change of particulars, or a move of the registration, of the keeper, where the asker knows of another than itself;
    the particulars that the office of the main stay owns, of that one, too. Whoever may record it itself asks nobody.
    `within`: stands before the fields that are named, where a correction says so.
    """
    if fact.asks in {"change", "registration"}:
        if _records_itself(fact, office, record):
            raise RecordsItself(field=f"{within}to")
        known = record.keeper not in {None, office}
        if known and fact.to not in {record.keeper, *_owners_of(fact, record)}:
            raise NotKeeper(field=f"{within}to", rule="request.not_keeper", keeper=record.keeper)
        return
    if fact.asks == "stay":
        _require_stay(fact, record, within)
        return
    target = record.facts.get(fact.about) if fact.about is not None else None
    if target is None:
        raise NoSuchEvent(field=f"{within}about")
    if fact.to not in {target.author, target.event.author}:
        raise NotAuthor(field=f"{within}to", rule="request.not_author")
    require_amendable(target, f"{within}about")


def _require_stay(fact: RequestOpened, record: Record, within: str) -> None:
    """Whether a stay goes on is asked of the office that holds it."""
    stay = record.stay(fact.about) if fact.about is not None else None
    if stay is None or not stay.open:
        raise NoSuchStay(field=f"{within}about")
    if fact.to != stay.office:
        raise NoSuchStay(field=f"{within}to", rule="request.not_its_stay")


def _records_itself(fact: RequestOpened, office: str, record: Record) -> bool:
    """The keeper, but for what a main stay's office owns, and where it stands in for a place outside, which it asks;
    and that office, of its own.
    """
    owners = _owners_of(fact, record)
    if record.keeper != office:
        return office in owners
    place = record.registration
    return fact.to not in owners and (place is None or fact.to != place.code)


def _owners_of(fact: RequestOpened, record: Record) -> frozenset[str]:
    """The offices of main stays, where all that is wanted is theirs."""
    theirs = fact.asks == "change" and fact.wanted and OWNED_BY_MAIN_STAY.issuperset(fact.wanted)
    return frozenset(stay.office for stay in record.main_stays) if theirs else frozenset()


def corrects(fact: Corrected, facts: Facts) -> Mapping[str, Any]:
    """What a correction, of whatever depth, sets in the fact at the root of it."""
    changes: Mapping[str, Any] = fact.set
    target = facts.get(fact.target)
    while target is not None and isinstance(target.payload, Corrected | Retracted):
        within = changes.get("set")
        if not isinstance(within, Mapping):
            return {}  # it amends only what the amendment says of itself
        changes, target = within, facts.get(target.payload.target)
    return changes


def as_corrected(fact: Corrected, facts: Facts) -> RequestOpened | None:
    """The request as it would stand, where that asks something else, or somebody else; else None.

    What a correction said that is corrected itself is said no more: it is as if the new words had stood there.
    """
    changes, replaced = corrects(fact, facts), facts[fact.target]
    request = facts.root(replaced)
    if not isinstance(request.payload, RequestOpened) or not changes:
        return None
    if replaced is request:
        return None if changes.keys() <= _ASIDE else _with(request.payload, request.day, changes)
    while isinstance(replaced.payload, Corrected) and replaced.payload.target != request.ref:
        replaced = facts[replaced.payload.target]
    found: RequestOpened | None = _with(request.event.payload, request.day, {})
    for ref in request.corrections:
        said = facts[ref].payload
        if found is not None and isinstance(said, Corrected):
            found = _with(found, request.day, changes if ref == replaced.ref else said.set)
    return None if found is None or _asks(found) == _asks(request.payload) else found


def _with(request: Fact, day: str, changes: Mapping[str, Any]) -> RequestOpened | None:
    payload, _ = apply(request, day, changes)
    return payload if isinstance(payload, RequestOpened) else None


def _asks(request: RequestOpened) -> tuple[object, ...]:
    return (request.to, request.asks, request.about, request.wanted)


def require_amendable(target: Standing, field: str) -> None:
    """The event is none that another act undoes, none that followed by itself, and was not taken back."""
    if not target.payload.amendable or target.event.frame.automatic:
        raise NotAmendable(field=field)
    if target.void:
        raise AlreadyVoid(field=field)


def require_fitting(fact: Corrected, amended: Standing, office: str, record: Record) -> None:
    """Nor does a correction let somebody be asked who could not have been named at first, nor for what they may not do.

    Whom an area asks, the book of that office says (`overseeing`).
    """
    said, to = amended.payload, corrects(fact, record.facts).get("to")
    if to is not None and isinstance(said, Redirected) and (state := record.cases.get(said.case)) is not None:
        require_another(to, state, record, "set.to")
    elif isinstance(said, RequestOpened | EnquiryOpened) and to == office:
        raise NotAsked(field="set.to")
    request = None if is_area(office) else as_corrected(fact, record.facts)
    if request is not None:
        require_addressee(request, office, record, "set.")
