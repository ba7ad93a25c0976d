"""The chain of registrations, and the keeper that follows from it (DESIGN.md sections 2 and 5). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from events.catalogue.case import DISCLAIMING, Confirmed, Disputed, Redirected, Reopened
from events.catalogue.movement import Arrived
from events.catalogue.person import Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, Place, town
from events.envelope import Ref
from events.standing import Facts, Standing
from exchange.protocol.dossier import Dossier
from exchange.protocol.offices import Offices
from exchange.protocol.record import Link

IDENTITY_KINDS = ("inflow", "registration", "contested")


def chain(facts: Facts, dossier: Dossier) -> tuple[Link, ...]:
    """Links by stamp alone; of a merge, the survivor's. While the book holds none, what its latest arrival states that
    states any: who does not know the registration takes nothing away from what others knew.
    """
    counted = facts.in_force(Registered, RegistrationChanged)
    links = [link for s in counted if s.event.person == dossier.survivor and (link := _link(s)) is not None]
    if not links:
        stated = [link for s in facts.in_force(Arrived) if (link := _stated(s)) is not None]
        links = [max(stated, key=lambda link: (link.stamp, link.ref))] if stated else []
    links.sort(key=lambda link: (link.stamp, link.ref))
    said = _said(facts)
    return tuple([_disclaimed(link, said) for link in links] if said else links)


def _link(standing: Standing) -> Link | None:
    payload = standing.payload
    if isinstance(payload, Registered):
        place = payload.registration
        return Link(standing.ref, standing.stamp, standing.day, place, _named(place))
    if isinstance(payload, RegistrationChanged):
        before = _named(payload.from_) or ((standing.author,) if payload.from_ is not None else ())
        return Link(standing.ref, standing.stamp, standing.day, payload.to, _named(payload.to) + before)
    return None


def _stated(arrival: Standing) -> Link | None:
    place = arrival.payload.registration if isinstance(arrival.payload, Arrived) else None
    if place is None:
        return None
    return Link(arrival.ref, arrival.stamp, arrival.day, place, _named(place), from_arrival=True)


def _named(place: Place | None) -> tuple[str, ...]:
    return (place.code,) if place is not None and place.code is not None else ()


def _said(facts: Facts) -> dict[tuple[Ref, str], Standing]:
    """The last word of each office asked, by (opening event, office)."""
    said: dict[tuple[Ref, str], Standing] = {}
    replies = facts.in_force(Confirmed, Disputed, Redirected, Reopened)
    for standing in sorted(replies, key=lambda s: (s.stamp, s.ref)):
        case: CaseRef = standing.payload.case  # type: ignore[attr-defined]  # of a reply
        if case.kind in IDENTITY_KINDS and standing.author == case.asked:
            said[(case.opening, case.asked)] = standing
    return said


def _disclaimed(link: Link, said: Mapping[tuple[Ref, str], Standing]) -> Link:
    out: set[str] = set()
    named = list(link.named)
    for first in link.named:
        seen, office = {first}, first
        while (last := said.get((link.ref, office))) is not None:
            if isinstance(last.payload, Disputed) and last.payload.reason in DISCLAIMING:
                out.add(office)
            if not isinstance(last.payload, Redirected) or last.payload.to in seen:
                break
            out.add(office)
            seen.add(last.payload.to)
            named.insert(named.index(office) + 1, last.payload.to)
            office = last.payload.to
    return msgspec.structs.replace(link, named=tuple(named), disclaimed=frozenset(out))


def keeper(links: Sequence[Link], openers: Sequence[str], dossier: Dossier, offices: Offices) -> str | None:
    """The latest office of the chain that takes part and has not disputed it, else the one that opened the dossier; if
    that closed, who opened it after.
    """
    real = [link for link in links if not link.from_arrival]
    if not real and dossier.merge_keeper is not None:
        return offices.successor(dossier.merge_keeper)
    for link in reversed(links):
        for office in link.named:
            if office not in link.disclaimed and offices.within(office):
                return offices.successor(office)
    today = [offices.successor(office) for office in openers]
    return next((office for office in today if office not in offices.closed), today[0]) if today else None


def named(links: Iterable[Link], offices: Offices) -> bool:
    """Whether a link names somebody who takes part and has not disputed it: else who opened the dossier decides."""
    return any(offices.within(office) for link in links for office in set(link.named) - link.disclaimed)


def openers(facts: Facts, dossier: Dossier) -> tuple[str, ...]:
    """Offices that opened the dossier, the survivor's first, in order of stamps."""
    opened = sorted(openings(facts), key=lambda s: (s.event.person != dossier.survivor, s.stamp, s.ref))
    return tuple(dict.fromkeys(s.author for s in opened))


def openings(facts: Facts) -> list[Standing]:
    """The facts in force on which a dossier stands."""
    return facts.kept(_openings)


def _openings(facts: Facts) -> list[Standing]:
    return [s for s in facts.in_force(Registered, Arrived) if is_opening(s)]


def is_opening(standing: Standing) -> bool:
    """Whether a dossier stands on the fact (catalogue, rule 6)."""
    payload = standing.payload
    return isinstance(payload, Registered) or (isinstance(payload, Arrived) and payload.opens)


def registration(links: Sequence[Link], keeper_office: str | None) -> Place | None:
    """Where the person is registered: the latest link that nobody who keeps it disputes."""
    for link in reversed(links):
        if link.place is None or link.place.kind != "town" or link.place.code not in link.disclaimed:
            return link.place
        if keeper_office in link.named:
            return town(keeper_office) if keeper_office else None
    return None
