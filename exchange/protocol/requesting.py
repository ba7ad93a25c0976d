"""Who may be asked for what, by the asker's own book, and which events can be amended. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from events.catalogue.case import RequestOpened
from events.standing import Standing
from exchange.protocol.particulars import OWNED_BY_MAIN_STAY
from exchange.protocol.record import Record
from exchange.protocol.refusals import (
    AlreadyVoid,
    NoSuchEvent,
    NoSuchStay,
    NotAmendable,
    NotAuthor,
    NotKeeper,
    RecordsItself,
)


def require_addressee(fact: RequestOpened, office: str, record: Record) -> None:
    """An amendment is asked of the one office that may make it: who recorded the event, or took its office over.

    A change of particulars, or a move of the registration, of the keeper, where the asker knows of another than itself;
    the particulars that the office of the main stay owns, of that one, too. Whoever may record it itself asks nobody.
    """
    if fact.asks in {"change", "registration"}:
        if _records_itself(fact, office, record):
            raise RecordsItself
        known = record.keeper not in {None, office}
        if known and fact.to not in {record.keeper, *_owners_of(fact, record)}:
            raise NotKeeper(field="to", rule="request.not_keeper", keeper=record.keeper)
        return
    if fact.asks == "stay":
        _require_stay(fact, record)
        return
    target = record.facts.get(fact.about) if fact.about is not None else None
    if target is None:
        raise NoSuchEvent(field="about")
    if fact.to not in {target.author, target.event.author}:
        raise NotAuthor(field="to", rule="request.not_author")
    require_amendable(target, "about")


def _require_stay(fact: RequestOpened, record: Record) -> None:
    """Whether a stay goes on is asked of the office that holds it."""
    stay = record.stay(fact.about) if fact.about is not None else None
    if stay is None or not stay.open:
        raise NoSuchStay(field="about")
    if fact.to != stay.office:
        raise NoSuchStay(field="to", rule="request.not_its_stay")


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


def addressee_set(changes: Mapping[str, Any]) -> object:
    """Whom a correction, of whatever depth, lets be asked instead; None where it says nothing of that."""
    within = changes.get("set")
    return changes["to"] if "to" in changes else addressee_set(within) if isinstance(within, Mapping) else None


def require_amendable(target: Standing, field: str) -> None:
    """The event is none that another act undoes, none that followed by itself, and was not taken back."""
    if not target.payload.amendable or target.event.frame.automatic:
        raise NotAmendable(field=field)
    if target.void:
        raise AlreadyVoid(field=field)
