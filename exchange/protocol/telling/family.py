"""T2, the column of the family: to the offices of those tied to the person, one tie at a time. Pure.

They learn the tie, who the person is, death, protection, registration and the town of the main stay; never an address,
and of what was before the tie only what still holds when it begins.
"""

from __future__ import annotations

from collections.abc import Iterator

from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import MainChanged
from events.catalogue.person import Changed, Deceased, Protected, Registered, Unprotected
from events.envelope import Part, Ref
from events.standing import Standing
from exchange.protocol.life.causes import Cause
from exchange.protocol.life.chain import is_opening, openings
from exchange.protocol.life.kinship import GROUND, Addressee, addressees, bonds, concerns
from exchange.protocol.naming import named_no_more, named_offices
from exchange.protocol.record import Stay
from exchange.protocol.routing_table import cell_of
from exchange.protocol.telling.due import IDENTITY, NO_PARTS, Due, Sight

_NAMING = (Registered, Changed, TieBegan)  # the facts whose identity tells who the person, or the other, is


def keeper_tells_family(sight: Sight) -> Iterator[Due]:
    """To the keeper of the spouse, of a minor child or ward, or of a parent or guardian of a minor; who keeps one of
    these tells the town where they mainly live, once it has confirmed that they do.
    """
    for tie in bonds(sight.record) if sight.kin or sight.is_keeper else ():
        if tie.until is not None:
            continue
        began = sight.record.facts[tie.ref]
        for to in addressees(tie, sight.me, sight.keeper, sight.kin):
            if not _may_hear(sight, to):
                continue
            here = _lives_at(sight, to.office)
            for standing in (began, *_of_the_person(sight, to.office)):
                cell = cell_of(standing.payload.type, "family")
                day = max(standing.day, tie.since, to.since.day if to.since is not None else "")
                if cell is None or not concerns(tie, day, sight.record, sight.kin):
                    continue
                trigger, by = _because(standing, began, to)
                # Of whom it confirmed to live there, too, an office is told by the column of the open stays.
                told = cell if not here else None
                yield sight.due(standing, to.office, GROUND, told, parts=_parts(standing), trigger=trigger, by=by)


def _may_hear(sight: Sight, to: Addressee) -> bool:
    """Whoever says that the person lives there as well hears nothing before that is confirmed, but as a keeper."""
    own = [stay for stay in sight.record.open_stays if stay.office == to.office]
    return to.keeps or all(map(sight.record.confirmed, own))


def _lives_at(sight: Sight, office: str) -> bool:
    return any(stay.office == office and sight.record.confirmed(stay) for stay in sight.record.open_stays)


def _because(standing: Standing, began: Standing, to: Addressee) -> tuple[Ref | None, Cause | None]:
    """What made it due, where that is newer: that the office became the other's, or that the tie began."""
    if to.since is not None and to.since.stamp > max(standing.stamp, began.stamp):
        return None, to.since
    if began.corrections and to.office not in named_offices(began.event.payload):
        return began.corrections[-1], None  # a tie that named somebody else before
    return (began.ref if standing.stamp < began.stamp else None), None


def thread_of_tie(sight: Sight) -> Iterator[Due]:
    """Who was told that a tie began, and is still the other's office, is told of its end, whatever the age by then.

    An end recorded by an office that knows of no keeper reaches the keeper by way of whoever recorded the tie.
    """
    for tie in bonds(sight.record) if sight.kin or sight.is_keeper else ():
        if tie.ended_by is None:
            continue
        ended = sight.record.facts[tie.ended_by]
        for to in addressees(tie, sight.me, sight.keeper, sight.kin):
            if to.office in sight.told.to(tie.ref):
                yield sight.due(ended, to.office, GROUND, cell_of(ended.payload.type, "family"))
    if not sight.is_keeper:
        yield from _by_way_of_the_tie(sight)


def _by_way_of_the_tie(sight: Sight) -> Iterator[Due]:
    """An office that is said to hold the other may hold the tie alone: nobody would hear else that it has ended.

    Read from the facts, for in the record the keeper's statement may have taken the place of the tie.
    """
    for ended in sight.of(TieEnded):
        if not isinstance(ended.payload, TieEnded):
            continue
        kind = ended.payload.tie
        began = (s for s in sight.of(TieBegan) if isinstance(s.payload, TieBegan) and s.payload.tie == kind)
        recorders = sorted({standing.author for standing in began})
        if sight.keeper is None and sight.mine(ended.author):
            for to in recorders:
                cell = cell_of(ended.payload.type, "keeper")
                yield sight.due(ended, to, "tie_recorded", cell, parts=IDENTITY)
        elif sight.keeper is not None and sight.me in recorders:
            yield sight.due(ended, sight.keeper, "tie_recorded", parts=IDENTITY)


def _of_the_person(sight: Sight, to: str) -> Iterator[Standing]:
    """What holds of the person today, and the end of what this office was told."""
    record, facts = sight.record, sight.record.facts
    yield from _who(sight)
    last = record.chain[-1] if record.chain else None
    if last is not None and not last.from_arrival:
        yield facts[last.ref]
    for stay in record.stays:
        yield from _of_stay(sight, stay, to)
    lifted = sight.of(Unprotected)
    if record.protected is not None:
        yield facts[record.protected]
    elif lifted and any(isinstance(facts[ref].payload, Protected) for ref in _told(sight, to)):
        yield max(lifted, key=lambda s: (s.stamp, s.ref))
    yield from sight.of(Deceased)


def _who(sight: Sight) -> Iterator[Standing]:
    """The entries of the person, else the facts that opened the dossier; and the latest change of the name."""
    yield from sight.of(Registered) or openings(sight.record.facts)
    named = [s for s in sight.of(Changed) if isinstance(s.payload, Changed) and "name" in s.payload.set]
    if named:
        yield max(named, key=lambda s: s.order)


def _of_stay(sight: Sight, stay: Stay, to: str) -> Iterator[Standing]:
    """That a main stay goes on; of one that this office was told, what ended it or made it further."""
    facts = sight.record.facts
    if stay.open and stay.kind == "main":
        changes = [facts[ref] for ref in stay.touched_by if isinstance(facts[ref].payload, MainChanged)]
        yield changes[-1] if changes else facts[stay.id]  # a change brings the stay with it
    elif stay.id in _told(sight, to):
        end = stay.demoted_by or stay.ended_by  # of a stay that is main no more nothing further concerns the family
        if end is not None and end in facts:
            yield facts[end]


def _told(sight: Sight, to: str) -> set[Ref]:
    return {ref for ref, told in sight.told.all() if told == to and ref in sight.record.facts}


def _parts(standing: Standing) -> frozenset[Part]:
    return IDENTITY if isinstance(standing.payload, _NAMING) or is_opening(standing) else NO_PARTS


def told_in_error(sight: Sight, to: str) -> bool:
    """Whether every tie that the office was told of was taken back, names another office by now, or is to somebody
    whose office it was taken for by an error: with it all that was told for the family's sake.
    """
    facts = sight.record.facts
    began = [s for s in facts.of(TieBegan) if sight.told.of(s.ref, to) is not None]
    return all(s.void or named_no_more(s, facts, to) or _taken_for_theirs(sight, s, to) for s in began)


def _taken_for_theirs(sight: Sight, began: Standing, to: str) -> bool:
    other = began.payload.other.person if isinstance(began.payload, TieBegan) else None
    kin = sight.kin.get(other or "")
    return kin is not None and to in kin.in_error and to not in named_offices(began.payload)
