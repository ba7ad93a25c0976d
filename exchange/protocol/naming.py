"""The offices that an event's content names (DESIGN.md T1). Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from events.catalogue.amendment import Corrected
from events.catalogue.case import EnquiryOpened, Escalated, Redirected, Rejected, RequestOpened
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Left, Returned
from events.catalogue.person import Merged, Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import Place, StayName
from events.envelope import Ref
from events.errors import Malformed
from events.standing import Facts, Standing, apply

Codes = Iterable[str | None]


def town_of(place: Place | None) -> str | None:
    """The office of a place that is a town; abroad, the last town here."""
    if place is None:
        return None
    return place.code or place.last


def _of_arrival(fact: Arrived) -> Codes:
    places = (town_of(fact.registration), town_of(fact.origin))
    if not fact.ends and fact.continues is None:
        return places  # as of nearly all
    stays = fact.ends if fact.continues is None else (*fact.ends, fact.continues)
    return (*places, *map(_stay_office, stays))


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


def asked_by(fact: Fact, kind: str) -> frozenset[str]:
    """Those of them to which this kind of question is put; of an arrival it depends on what it names an office as."""
    if kind == "contested" or (kind == "moved-on" and not isinstance(fact, Arrived | Returned)):
        return _NOBODY  # what contradicts what, or what a departure ends, no content says
    named = named_offices(fact)
    if isinstance(fact, Arrived) and kind in {"inflow", "moved-on"}:
        home = named.intersection({town_of(fact.registration)})
        return home if kind == "inflow" else frozenset(o for o in named - home if moved_on(fact, o))
    return named


def named_ever(standing: Standing, facts: Facts, kind: str = "") -> frozenset[str]:
    """Those that the fact named as first recorded, or as any correction of it says, be that in force or not."""
    if not facts.of(Corrected):
        return asked_by(standing.event.payload, kind)
    return facts.kept(_named_ever, standing.ref, kind)


def named_but_for_retracted(standing: Standing, facts: Facts, kind: str) -> frozenset[str]:
    """Those of them that no correction alone named that was taken back: without it everything is as it was before."""
    if not facts.of(Corrected):
        return asked_by(standing.event.payload, kind)
    return facts.kept(_named_ever, standing.ref, kind, True)


def _named_ever(facts: Facts, ref: Ref, kind: str, in_force: bool = False) -> frozenset[str]:
    first = facts[ref].event.payload
    named = asked_by(first, kind)
    for changes in facts.kept(_said_of, in_force).get(ref, ()):
        named |= _named_by(first, changes, kind)
    return named


def _said_of(facts: Facts, in_force: bool) -> Mapping[Ref, Sequence[Mapping[str, Any]]]:
    """What corrections of each fact say, as they were recorded and as they stand."""
    found: dict[Ref, list[Mapping[str, Any]]] = {}
    for each in facts.in_force(Corrected) if in_force else facts.of(Corrected):
        for said in (each.event.payload, each.payload) if each.corrections else (each.payload,):
            if isinstance(said, Corrected):
                found.setdefault(said.target, []).append(said.set)
    return found


def named_no_more(standing: Standing, facts: Facts, office: str) -> bool:
    """Whether it named the office once, and as it now stands does not: that the office was told was an error."""
    return office not in named_offices(standing.payload) and office in named_ever(standing, facts)


def _named_by(fact: Fact, changes: Mapping[str, Any], kind: str) -> frozenset[str]:
    try:
        return asked_by(apply(fact, "", changes)[0], kind)
    except Malformed:
        return _NOBODY


def moved_on(fact: Arrived | Returned, office: str) -> bool:
    """Whether an office that the content names is left: a further arrival ends nothing but the stays that it lists."""
    if isinstance(fact, Returned) or fact.kind == "main":
        return True
    listed = fact.ends if fact.continues is None else (*fact.ends, fact.continues)
    return office in map(_stay_office, listed)


def _stay_office(name: StayName) -> str | None:
    return name.town or (name.stay.author if name.stay else None)
