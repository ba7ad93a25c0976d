"""The offices that an event's content names (DESIGN.md T1). Pure."""

from __future__ import annotations

from events.catalogue.case import EnquiryOpened, Escalated, Redirected, Rejected, RequestOpened
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Left, Returned
from events.catalogue.person import Merged, Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import Place, StayName
from events.standing import Standing


def town_of(place: Place | None) -> str | None:
    """The office of a place that is a town; abroad, the last town here."""
    if place is None:
        return None
    return place.code or place.last


_NAMING = frozenset({
    Registered, Arrived, Departed, Left, Returned, RegistrationChanged, Merged, RequestOpened, Redirected, Escalated,
    Rejected, EnquiryOpened, TieBegan, TieEnded,
})  # fmt: skip
_NOBODY: frozenset[str] = frozenset()


def named_offices(fact: Fact) -> frozenset[str]:
    """Every office that the fact's content names."""
    if type(fact) not in _NAMING:
        return _NOBODY
    if isinstance(fact, Registered):
        codes = [town_of(fact.registration)]
    elif isinstance(fact, Arrived):
        codes = [town_of(fact.registration), town_of(fact.origin), *map(_stay_office, fact.ends)]
        codes.append(_stay_office(fact.continues) if fact.continues else None)
    elif isinstance(fact, Departed | Left):
        codes = [town_of(fact.destination)]
    elif isinstance(fact, Returned):
        codes = [town_of(fact.origin), *map(_stay_office, fact.ends)]
    elif isinstance(fact, RegistrationChanged):
        codes = [town_of(fact.from_), town_of(fact.to)]
    elif isinstance(fact, Merged):
        codes = [fact.keeper]
    elif isinstance(fact, RequestOpened | EnquiryOpened | Redirected | Escalated):
        codes = [fact.to]
    elif isinstance(fact, TieBegan | TieEnded):
        codes = [fact.other.at]
    elif isinstance(fact, Rejected):
        codes = [fact.teller]
    else:
        codes = []
    return frozenset(code for code in codes if code is not None)


def named_originally(standing: Standing) -> frozenset[str]:
    """The offices that the fact named as first recorded."""
    return named_offices(standing.event.payload)


def _stay_office(name: StayName) -> str | None:
    return name.town or (name.stay.author if name.stay else None)
