"""Questions to offices outside the exchange: not reachable, until the office joins and gets its backlog. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from events.catalogue.case import EnquiryOpened, RequestOpened
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Left, Returned
from events.catalogue.person import Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, NoteKind
from events.envelope import Ref
from events.standing import Facts, Standing
from exchange.protocol.naming import moved_on, named_offices, town_of
from exchange.protocol.offices import Offices
from exchange.protocol.record import Announcement, CaseState

_ASKING = (
    Registered, RegistrationChanged, Arrived, Returned, Departed, Left, TieBegan, TieEnded, RequestOpened,
    EnquiryOpened,
)  # fmt: skip


def out_of_reach(offices: Offices, facts: Facts, found: Mapping[CaseRef, CaseState]) -> Iterator[CaseState]:
    """What would have been asked, where nobody outside can be. Each counts in no rate, and nobody is pressed for it."""
    asked = dict(facts.kept(_asked_outside, offices))
    for state in found.values():
        if state.status == "redirected" and state.redirected_to is not None:
            asked[CaseRef(state.ref.opening, state.redirected_to, state.ref.kind)] = state.asker
    for ref, asker in asked.items():
        person = facts[ref.opening].event.person if ref.opening in facts else None
        if ref not in found and not offices.within(offices.successor(ref.asked, person)):
            yield CaseState(ref=ref, asker=asker, status="not_reachable")


def _asked_outside(facts: Facts, offices: Offices) -> dict[CaseRef, str]:
    """What the facts themselves ask of offices that take no part, and who does."""
    asked: dict[CaseRef, str] = {}
    for standing in facts.in_force(*_ASKING):
        outside = _outside(offices, standing)
        for office, kind in _questions(standing.payload) if outside else ():
            if office in outside and not _itself(offices, standing, office):
                asked[CaseRef(standing.ref, office, kind)] = standing.author
    return asked


def ended(
    state: CaseState, announced: Iterable[Announcement], done: Mapping[Ref, Ref], closed: Collection[str]
) -> CaseState:
    """Nothing is asked any more where nobody is reached, once the asker closed or did itself what it requested, or
    whoever was announced is elsewhere or died.
    """
    if state.status != "not_reachable":
        return state
    kind, opening = state.ref.kind, state.ref.opening
    here = kind == "outflow" and any(a.ref == opening and not a.waits and a.arrival is None for a in announced)
    over = here or state.asker in closed or (kind == "request" and opening in done)
    return msgspec.structs.replace(state, status="withdrawn", automatic=True) if over else state


def _itself(offices: Offices, standing: Standing, office: str) -> bool:
    """Whether who records it is whom it names, as the registration place itself: it asks nobody, though it closed."""
    person = standing.event.person
    return offices.successor(standing.author, person) == offices.successor(office, person)


def _outside(offices: Offices, standing: Standing) -> list[str]:
    """The offices that the fact names and that take no part; whoever is asked is named."""
    named, person = named_offices(standing.payload), standing.event.person
    if not offices.successions:
        return [office for office in named if not offices.within(office)]
    return [office for office in named if not offices.within(offices.successor(office, person))]


def _questions(fact: Fact) -> Iterator[tuple[str, NoteKind]]:
    """The offices that the fact's own content asks, each with the kind of question."""
    first: tuple[str | None, NoteKind] | None = None
    if isinstance(fact, Arrived):
        first = (town_of(fact.registration), "inflow")
    elif isinstance(fact, Registered) and (fact.basis != "register" or fact.ask):
        first = (town_of(fact.registration), "registration")
    elif isinstance(fact, RegistrationChanged):
        first = (fact.to.code if fact.to is not None else None, "registration")
    elif isinstance(fact, Departed | Left):
        first = (fact.destination.code if fact.destination is not None else None, "outflow")
    elif isinstance(fact, TieBegan | TieEnded) and fact.other.person is None:
        first = (fact.other.at, "family")
    elif isinstance(fact, RequestOpened):
        first = (fact.to, "request")
    elif isinstance(fact, EnquiryOpened):
        first = (fact.to, "enquiry")
    if first is not None and first[0] is not None:
        yield first[0], first[1]
    if isinstance(fact, Arrived | Returned):
        for office in sorted(named_offices(fact)):
            if (first is None or office != first[0]) and moved_on(fact, office):
                yield office, "moved-on"
