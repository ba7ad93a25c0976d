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
from exchange.protocol.book import Book
from exchange.protocol.chain import is_opening, openings
from exchange.protocol.kinship import GROUND, concerns, offices_of
from exchange.protocol.record import Record, Stay
from exchange.protocol.routing_table import cell_of
from exchange.protocol.telling.due import IDENTITY, NO_PARTS, Due, Sight

_NAMING = (Registered, Changed, TieBegan)  # the facts whose identity tells who the person, or the other, is


def keeper_tells_family(sight: Sight) -> Iterator[Due]:
    """To the keeper and main stay of the spouse, of a minor child or ward, or of a parent or guardian of a minor."""
    if not sight.is_keeper:
        return
    for tie in sight.record.ties_in_force:
        began = sight.record.facts[tie.ref]
        other = sight.kin.get(tie.other.person or "")
        for to in offices_of(tie, sight.kin):
            # Whoever says that the other lives there learns nothing of the person before it is known to be so.
            shown = NO_PARTS if other is not None and to in other.unconfirmed else IDENTITY
            for standing in (began, *_of_the_person(sight, to)):
                cell = cell_of(standing.payload.type, "family")
                if cell is not None and concerns(tie, max(standing.day, tie.since), sight.record, sight.kin):
                    cause = began.ref if standing.stamp < began.stamp else None
                    yield sight.due(standing, to, GROUND, cell, parts=shown & _parts(standing), trigger=cause)


def thread_of_tie(sight: Sight) -> Iterator[Due]:
    """Who was told that a tie began, and is still the other's office, is told of its end, whatever the age by then.

    An end recorded by an office that knows of no keeper reaches the keeper by way of whoever recorded the tie.
    """
    if not sight.is_keeper:
        yield from _by_way_of_the_tie(sight)
        return
    for tie in sight.record.ties:
        if tie.ended_by is None:
            continue
        ended = sight.record.facts[tie.ended_by]
        for to in offices_of(tie, sight.kin):
            if to in sight.told_to.get(tie.ref, ()):
                yield sight.due(ended, to, GROUND, cell_of(ended.payload.type, "family"))


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
    return {ref for ref, told in sight.told_to.items() if to in told and ref in sight.record.facts}


def _parts(standing: Standing) -> frozenset[Part]:
    return IDENTITY if isinstance(standing.payload, _NAMING) or is_opening(standing) else NO_PARTS


def told_in_error(record: Record, book: Book, to: str) -> bool:
    """Whether every tie that the office was told of was taken back: with it all that was told for the family's sake."""
    began = [s for s in record.facts.of(TieBegan) if (s.ref, to) in book.told]
    return all(standing.void for standing in began)
