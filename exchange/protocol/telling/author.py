"""T1. As author: each event to the keeper, and to every office that its corrected content names. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Disputed, EnquiryOpened, Escalated, Redirected, Rejected, RequestOpened
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Left, Returned
from events.catalogue.person import Deceased, Merged, Registered
from events.catalogue.registration import RegistrationChanged
from events.envelope import Part, Ref
from events.standing import Standing
from exchange.protocol.naming import asked_by, moved_on, named_offices, town_of
from exchange.protocol.offices import is_area
from exchange.protocol.questions.stay_requests import SAID, amends_as_asked
from exchange.protocol.record import ASKED
from exchange.protocol.routing_table import (
    DEATH_ASKS,
    ENQUIRY,
    ESCALATED,
    MATCHED,
    ROUTING,
    TIE_ASKS,
    UPDATE,
    Cell,
    cell_of,
)
from exchange.protocol.telling.due import ALL_PARTS, IDENTITY, NO_PARTS, Due, Sight

REQUEST = Cell("request", asks=True)
REJECTED = Cell("rejected")


def author_tells(sight: Sight) -> Iterator[Due]:
    """Own events to the keeper and to the offices that they name."""
    for standing in sight.own:
        yield from _keeper(sight, standing)
        for to in sorted(named_offices(standing.payload)):
            cell = named_cell(sight, standing, to)
            if cell is not None:
                parts, trigger = parts_for_named(sight, standing, to), _first_notice(standing, to, cell)
                apart = trigger is not None and cell.asks  # the correction is an act of its own
                yield sight.due(standing, to, "named", cell, parts=parts, trigger=trigger, apart=apart)
        yield from _answers_request(sight, standing)


def _keeper(sight: Sight, standing: Standing) -> Iterator[Due]:
    keeper = sight.keeper
    if keeper is None or sight.is_keeper:
        return
    cell = cell_of(standing.payload.type, "keeper")
    payload = standing.payload
    if isinstance(payload, Registered) and town_of(payload.registration) != keeper:
        return  # the keeper of a dossier opened elsewhere learns of it by matching, not by this row
    if isinstance(payload, Registered | RegistrationChanged):
        cell = named_cell(sight, standing, keeper)
    if isinstance(payload, Merged):
        cell = UPDATE
    if isinstance(payload, Deceased):
        cell = DEATH_ASKS
    if cell is None:
        return
    parts, because = _parts_for_keeper(sight), sight.became_keeper(standing)
    if isinstance(payload, Arrived):
        brought = sight.gained_since(standing)
        cell = UPDATE if brought else inflow_cell(sight, standing.ref, keeper, cell)
        because = _passed_on(sight, standing, keeper) if cell.asks else because
    because = because or _first_notice(standing, keeper, cell)
    apart = because is not None and cell.asks  # what made it keeper is an act of its own
    yield sight.due(standing, keeper, "keeper", cell, parts=parts, trigger=because, apart=apart)


def inflow_cell(sight: Sight, arrival: Ref, to: str, cell: Cell) -> Cell:
    """After a move an inflow case stays with the office that was asked first; the new keeper is only told."""
    asked = [c for c in sight.inflow_cases(arrival) if c.ref.asked != to]
    if any(c.recognised or c.status in ASKED for c in asked):
        return UPDATE
    return cell


def _passed_on(sight: Sight, arrival: Standing, to: str) -> Ref | None:
    """What let the keeper be asked: that it became keeper, or the later answer of who had been asked before."""
    facts, became = sight.record.facts, sight.became_keeper(arrival)
    before = [facts[ref] for c in sight.inflow_cases(arrival.ref) if c.ref.asked != to for ref in c.thread]
    because = [s for s in before if isinstance(s.payload, Disputed | Redirected)]
    because += [facts[became]] if became is not None else []
    return max(because, key=lambda s: (s.stamp, s.ref)).ref if because else None


def named_cell(sight: Sight, standing: Standing, to: str) -> Cell | None:
    """The routing cell of an office that the content names."""
    payload = standing.payload
    row = ROUTING.get(payload.type, {})
    if isinstance(payload, Arrived | Returned):
        if isinstance(payload, Arrived) and to == town_of(payload.registration):
            return row.get("keeper")
        announced = any(a.author == to and a.arrival == standing.ref for a in sight.record.announcements)
        left = row.get("place_left") if moved_on(payload, to) else UPDATE
        return MATCHED if announced else left
    if isinstance(payload, Departed | Left):
        return row.get("announced") if payload.destination is not None and payload.destination.kind == "town" else None
    if isinstance(payload, Registered):
        return row.get("keeper") if payload.basis != "register" or payload.ask else Cell("registration")
    if isinstance(payload, RegistrationChanged):
        return row.get("keeper") if to == town_of(payload.to) else UPDATE
    if isinstance(payload, Merged):
        return UPDATE
    if isinstance(payload, TieBegan | TieEnded):
        return TIE_ASKS if payload.other.person is None else row.get("family")
    if isinstance(payload, RequestOpened):
        return REQUEST
    if isinstance(payload, EnquiryOpened):
        return ENQUIRY
    if isinstance(payload, Rejected):
        return REJECTED
    if isinstance(payload, Escalated):
        return ESCALATED
    return None


def _parts_for_keeper(sight: Sight) -> frozenset[Part]:
    """The office asked first gets only what it needs to recognise the person; the rest after it has confirmed."""
    return ALL_PARTS if sight.recognised_by_keeper else IDENTITY


def parts_for_named(sight: Sight, standing: Standing, to: str) -> frozenset[Part]:
    payload = standing.payload
    if isinstance(payload, Arrived) and to == town_of(payload.registration):
        confirmed = any(c.recognised for c in sight.inflow_cases(standing.ref) if c.ref.asked == to)
        return ALL_PARTS if confirmed else IDENTITY
    if isinstance(payload, Registered | RegistrationChanged | Departed | Left | TieBegan | TieEnded):
        return IDENTITY
    return ALL_PARTS if isinstance(payload, RequestOpened | EnquiryOpened) else NO_PARTS


def _first_notice(standing: Standing, to: str, cell: Cell) -> Ref | None:
    """What asks an office that only the corrected content names so is told because of the correction."""
    kind = cell.kind if cell.asks else ""
    if standing.corrections and to in asked_by(standing.payload, kind).difference(
        asked_by(standing.event.payload, kind)
    ):
        return standing.corrections[-1]
    return None


def _answers_request(sight: Sight, standing: Standing) -> Iterator[Due]:
    """The act that does what a request asked is told to the one who asked.

    An area above asks to amend what it does not hold: it hears of no amendment otherwise, also of one that does not
    name the request.
    """
    if isinstance(standing.payload, SAID):
        return
    cause = standing.event.frame.because
    for request in sight.record.facts.of(RequestOpened):
        unnamed = is_area(request.author) and not request.void and amends_as_asked(standing, request)
        if request.ref == cause or unnamed:
            yield sight.due(standing, request.author, "answers_request", UPDATE)
            for amended in _amended(sight, standing):
                yield sight.due(amended, request.author, "answers_request")


def _amended(sight: Sight, act: Standing) -> Iterator[Standing]:
    """What an amendment amends, and what that does, where it is one: whoever asked for it may never have heard of it,
    and an amendment says nothing without its target.
    """
    while isinstance(act.payload, Corrected | Retracted):
        target = sight.record.facts.get(act.payload.target)
        if target is None:
            return
        yield target
        act = target
