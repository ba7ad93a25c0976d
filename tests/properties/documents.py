"""What follows directly from one document on two persons, said without the judged code (K6, routing rule 11)."""

from __future__ import annotations

from itertools import combinations

from events.catalogue.movement import Arrived
from events.catalogue.person import Changed, Registered, Stated
from events.standing import Standing
from exchange.protocol.record import Record
from tests.properties.world import World

PASSPORT = "document.passport"


def document_faults(world: World) -> list[str]:
    """Who holds both persons sees it in both records, and the keeper of the earlier one holds the later fact."""
    faults: list[str] = []
    for office in world.offices:
        simple = [r for r in world.records(office) if not _changed(r)]
        for one, other in combinations(simple, 2):
            if _numbers(one).keys() & _numbers(other).keys():
                unseen = [r.person for r in (one, other) if all(c.kind != "one_document" for c in r.contradictions)]
                faults.extend(f"one document on two persons unseen by {office}: {person}" for person in unseen)
            for record, kept in ((one, other), (other, one)):
                faults.extend(_untold(world, office, record, kept))
    for keeper in world.offices:
        for kept in world.records(keeper):
            for office in world.offices:
                for record in world.records(office) if office != keeper and not _changed(kept) else ():
                    faults.extend(_untold_to(world, keeper, kept, record))
    return faults


def _untold(world: World, office: str, record: Record, kept: Record) -> list[str]:
    """Who recorded the later fact and holds both asked the author of the earlier."""
    asked = []
    for number in _numbers(record).keys() & _numbers(kept).keys():
        mine, theirs = _numbers(record)[number], _numbers(kept)[number]
        if len(mine) == len(theirs) == 1 and mine[0].stamp > theirs[0].stamp and mine[0].author == office:
            other = theirs[0].author
            if other not in (office, mine[0].author, *world.closed) and not world.book(other).holds(mine[0].ref):
                asked.append(f"rival unasked: {mine[0].ref} to {other}")
    return asked


def _untold_to(world: World, keeper: str, kept: Record, record: Record) -> list[str]:
    """The keeper by its own book, of a person who had the document first, holds the arrival with the document."""
    if kept.keeper != keeper or not any(link.named and not link.from_arrival for link in kept.chain):
        return []
    if _changed(record) or set(kept.persons) & set(record.persons):
        return []
    found = []
    for number, stated in _numbers(record).items():
        had = _numbers(kept).get(number, [])
        known = max((_last_word(kept, s) for s in had), default=None)
        for standing in stated if known is not None else ():
            alone = len(stated) == 1 and standing.author == record.office
            if alone and standing.stamp > (known or 0) and "identity" not in world.book(keeper).parts(standing.ref):
                found.append(f"keeper of the first untold: {standing.ref} to {keeper}")
    return found


def _numbers(record: Record) -> dict[str, list[Standing]]:
    """Number -> the facts in force that state it."""
    found: dict[str, list[Standing]] = {}
    for standing in record.facts.values():
        payload = standing.payload
        held = payload.stated if isinstance(payload, Arrived) else getattr(payload, "particulars", {})
        if isinstance(payload, Arrived | Registered) and not standing.void and PASSPORT in held:
            found.setdefault(held[PASSPORT]["number"], []).append(standing)
    return found


def _last_word(record: Record, standing: Standing) -> int:
    """The stamp of the latest amendment of whatever depth: since then at least the fact says so."""
    corrections = (record.facts[ref] for ref in standing.corrections if ref in record.facts)
    return max([standing.stamp, *(_last_word(record, each) for each in corrections)])


def _changed(record: Record) -> bool:
    """A change or a statement says which of the numbers counts: not judged here."""
    return any(
        isinstance(s.payload, Changed) and PASSPORT in s.payload.set
        for s in record.facts.values()
        if not isinstance(s.payload, Stated)
    )
