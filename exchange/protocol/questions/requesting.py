"""Who may be asked for what, by the asker's own book, and which events can be amended. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import EnquiryOpened, Redirected, RequestOpened
from events.event import Event
from events.standing import Facts, Standing, stand
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

Named = Callable[[str], str]
_ASIDE = frozenset({"effective_on", "urgent", "note"})  # fields that let nobody else be asked, nor for anything else


def require_addressee(fact: RequestOpened, office: str, record: Record, at: Named = str) -> None:
    """An amendment is asked of the one office that may make it: who recorded the event, or took its office over.

    A change of particulars, or a move of the registration, of the keeper, where the asker knows of another than itself;
    the particulars that the office of the main stay owns, of that one, too. Whoever may record it itself asks nobody.
    `at`: by what name the caller knows a field of the request.
    """
    if fact.asks in {"change", "registration"}:
        if _records_itself(fact, office, record):
            raise RecordsItself(field=at("to"))
        known = record.keeper not in {None, office}
        if known and fact.to not in {record.keeper, *_owners_of(fact, record)}:
            raise NotKeeper(field=at("to"), rule="request.not_keeper", keeper=record.keeper)
        return
    if fact.asks == "stay":
        _require_stay(fact, record, at)
        return
    target = record.facts.get(fact.about) if fact.about is not None else None
    if target is None:
        raise NoSuchEvent(field=at("about"))
    if fact.to not in {target.author, target.event.author}:
        raise NotAuthor(field=at("to"), rule="request.not_author")
    require_amendable(target, at("about"))


def _require_stay(fact: RequestOpened, record: Record, at: Named) -> None:
    """Whether a stay goes on is asked of the office that holds it."""
    stay = record.stay(fact.about) if fact.about is not None else None
    if stay is None or not stay.open:
        raise NoSuchStay(field=at("about"))
    if fact.to != stay.office:
        raise NoSuchStay(field=at("to"), rule="request.not_its_stay")


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


def field_of(fact: Corrected | Retracted, facts: Facts) -> Named:
    """By what name whoever amends knows a field of the fact at the root: a correction of a correction sets what that
    one set, and a retraction names nothing but its target.
    """
    if isinstance(fact, Retracted):
        return lambda _: "target"
    within, target = "set.", facts.get(fact.target)
    while target is not None and isinstance(target.payload, Corrected):
        within, target = f"set.{within}", facts.get(target.payload.target)
    return lambda name: within + name


def as_amended(fact: Corrected | Retracted, facts: Facts) -> RequestOpened | None:
    """The request as it would stand, where that asks something else, or somebody else, or the amendment says so itself;
    else None. One that was taken back is read as it would ask again.
    """
    target = facts[fact.target]
    request = facts.root(target)
    if not isinstance(request.payload, RequestOpened):
        return None
    said = [request, *(s for s in facts.of(Corrected, Retracted) if facts.root(s).ref == request.ref)]
    frame = msgspec.structs.replace(
        request.event.frame,
        id="",
        type=fact.type,
        author=target.author,
        stamp=max(standing.stamp for standing in said) + 1,
        target=fact.target,
        because=None,
    )
    then = msgspec.structs.replace(request.event, frame=frame, payload=fact)

    def heir(event: Event) -> str:
        return facts[event.ref].author if event.ref in facts else event.author

    found = stand([*(standing.event for standing in said), then], heir).facts[request.ref]
    if not isinstance(found.payload, RequestOpened):
        return None
    says = isinstance(fact, Corrected) and target is request and not fact.set.keys() <= _ASIDE
    return found.payload if says or _asks(found.payload) != _asks(request.payload) else None


def _asks(request: RequestOpened) -> tuple[object, ...]:
    return (request.to, request.asks, request.about, request.wanted)


def require_amendable(target: Standing, field: str) -> None:
    """The event is none that another act undoes, none that followed by itself, and was not taken back."""
    if not target.payload.amendable or target.event.frame.automatic:
        raise NotAmendable(field=field)
    if target.void:
        raise AlreadyVoid(field=field)


def require_fitting(fact: Corrected | Retracted, office: str, record: Record) -> None:
    """Nor does an amendment let somebody be asked who could not have been named at first, nor for what they may not do.

    Whom an area asks, the book of that office says (`overseeing`).
    """
    facts, at = record.facts, field_of(fact, record.facts)
    said = facts.root(facts[fact.target]).payload
    to = corrects(fact, facts).get("to") if isinstance(fact, Corrected) else None
    if to is not None and isinstance(said, Redirected) and (state := record.cases.get(said.case)) is not None:
        require_another(to, state, record, at("to"))
    elif isinstance(said, RequestOpened | EnquiryOpened) and to == office:
        raise NotAsked(field=at("to"))
    request = None if is_area(office) else as_amended(fact, facts)
    if request is not None:
        require_addressee(request, office, record, at)
