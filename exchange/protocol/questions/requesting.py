"""Who may be asked for what, by the asker's own book, and which events can be amended. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import EnquiryOpened, Redirected, RequestOpened
from events.catalogue.fact import Fact
from events.errors import Illegal
from events.event import Event
from events.standing import Facts, Standing, stand
from exchange.protocol.life.particulars import OWNED_BY_MAIN_STAY
from exchange.protocol.offices import is_area
from exchange.protocol.questions.answering import require_another
from exchange.protocol.record import Record
from exchange.protocol.refusals import (
    AlreadyVoid,
    EarlierState,
    NoSuchEvent,
    NoSuchStay,
    NotAmendable,
    NotAsked,
    NotAuthor,
    NotKeeper,
    RecordsItself,
)

Named = Callable[[str], str]
Question = RequestOpened | EnquiryOpened | Redirected  # what names whom it asks
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


def as_amended(fact: Corrected | Retracted, facts: Facts) -> Question | None:
    """The question, or the redirect, as it would stand, where that asks something else, or somebody else, or the
    amendment says so itself; else None. One that was taken back is read as it would ask again.
    """
    target = facts[fact.target]
    root = facts.root(target)
    if not isinstance(root.payload, Question):
        return None
    said = [root, *(s for s in facts.of(Corrected, Retracted) if facts.root(s).ref == root.ref)]
    frame = msgspec.structs.replace(
        root.event.frame,
        id="",
        type=fact.type,
        author=target.author,
        stamp=max(standing.stamp for standing in said) + 1,
        target=fact.target,
        because=None,
    )
    then = msgspec.structs.replace(root.event, frame=frame, payload=fact)

    def heir(event: Event) -> str:
        return facts[event.ref].author if event.ref in facts else event.author

    found = stand([*(standing.event for standing in said), then], heir).facts[root.ref].payload
    if not isinstance(found, Question):
        return None
    says = isinstance(fact, Corrected) and target is root and not fact.set.keys() <= _ASIDE
    return found if says or _asks(found) != _asks(root.payload) else None


def _asks(question: Question) -> tuple[object, ...]:
    if isinstance(question, RequestOpened):
        return (question.to, question.asks, question.about, question.wanted)
    return (question.to,)


@contextmanager
def judging(fact: Fact) -> Iterator[None]:
    """What may not be asked any more as it was before a correction is refused as that: whoever takes the correction
    back named nothing that could be named otherwise. Raises EarlierState.
    """
    try:
        yield
    except Illegal as refused:
        if not isinstance(fact, Retracted):
            raise
        raise EarlierState(refused=refused.rule or refused.code) from refused


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
    asked, at = as_amended(fact, record.facts), field_of(fact, record.facts)
    with judging(fact):
        if isinstance(asked, Redirected):
            if (state := record.cases.get(asked.case)) is not None:
                require_another(asked.to, state, record, at("to"))
        elif asked is not None and asked.to == office:
            raise NotAsked(field=at("to"))
        elif isinstance(asked, RequestOpened) and not is_area(office):
            require_addressee(asked, office, record, at)
