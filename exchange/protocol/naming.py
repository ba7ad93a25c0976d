"""The offices that an event's content names (DESIGN.md T1). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from events.catalogue.case import EnquiryOpened, Escalated, Redirected, Rejected, RequestOpened
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Left, Returned
from events.catalogue.person import Merged, Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import Place, StayName
from events.standing import Standing

Codes = Iterable[str | None]


def town_of(place: Place | None) -> str | None:
    """The office of a place that is a town; abroad, the last town here."""
    if place is None:
        return None
    return place.code or place.last


def _of_arrival(fact: Arrived) -> Codes:
    yield from (town_of(fact.registration), town_of(fact.origin), *map(_stay_office, fact.ends))
    if fact.continues is not None:
        yield _stay_office(fact.continues)


_NAMES: Mapping[type[Fact], Callable[[Any], Codes]] = {
    Registered: lambda fact: (town_of(fact.registration),),
    Arrived: _of_arrival,
    **dict.fromkeys((Departed, Left), lambda fact: (town_of(fact.destination),)),
    Returned: lambda fact: (town_of(fact.origin), *map(_stay_office, fact.ends)),
    RegistrationChanged: lambda fact: (town_of(fact.from_), town_of(fact.to)),
    Merged: lambda fact: (fact.keeper,),
    **dict.fromkeys((RequestOpened, EnquiryOpened, Redirected, Escalated), lambda fact: (fact.to,)),
    **dict.fromkeys((TieBegan, TieEnded), lambda fact: (fact.other.at,)),
    Rejected: lambda fact: (fact.teller,),
}
_NOBODY: frozenset[str] = frozenset()


def named_offices(fact: Fact) -> frozenset[str]:
    """Every office that the fact's content names."""
    names = _NAMES.get(type(fact))
    return frozenset(filter(None, names(fact))) if names is not None else _NOBODY


def named_originally(standing: Standing) -> frozenset[str]:
    """The offices that the fact named as first recorded."""
    return named_offices(standing.event.payload)


def moved_on(fact: Arrived | Returned, office: str) -> bool:
    """Whether an office that the content names is left: a further arrival ends nothing but the stays that it lists."""
    if isinstance(fact, Returned) or fact.kind == "main":
        return True
    listed = fact.ends if fact.continues is None else (*fact.ends, fact.continues)
    return office in map(_stay_office, listed)


def _stay_office(name: StayName) -> str | None:
    return name.town or (name.stay.author if name.stay else None)
