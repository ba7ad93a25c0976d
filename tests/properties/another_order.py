"""P4 and P12: the same authored events in another order, and over other nodes, end in the same (decision 0008)."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from events.envelope import Ref
from exchange.protocol.matching import only_stated, registered
from exchange.protocol.record import Record
from tests.properties.world import World

NOWHERE = "of somebody registered nowhere"


def differing_fields(world: World, other: World) -> list[str]:
    """What keeper and open stays show, in two worlds with the same authored events."""
    faults: list[str] = []
    unregistered = _unregistered(world, other)
    for office in world.offices:
        for record in world.records(office):
            if _compared(record, unregistered) and not _contradictory(record):
                about = "" if registered(record) else f" {NOWHERE}"
                faults += [f"P4 {office} {what}{about}" for what in _differing(world, other, record, unregistered)]
    return faults


def _differing(world: World, other: World, record: Record, unregistered: Collection[str]) -> Iterator[str]:
    office = record.office
    twin = other.record(office, record.person)
    if twin is None:
        yield "has no record"
        return
    for name in ("keeper", "registration", "died_on", "person"):
        if getattr(record, name) != getattr(twin, name):
            yield name
    mains = [{(s.id, s.main_since) for s in r.main_stays} for r in (record, twin)]
    if mains[0] != mains[1]:
        yield "stays"
    # In another order an office may have been shown fewer parts: a value that it was not shown is not compared.
    # Nor may a stay have been confirmed by itself there, by an office that had heard who else is keeper.
    # Where the keeper was shown fewer, it states no such field, and the office shows what it was told itself.
    alike = all(_same_sources(world, other, at, record) for at in (office, record.keeper))
    if alike and _compared(twin, unregistered):
        shared = record.particulars.keys() & twin.particulars.keys()
        if any(record.particulars[f] != twin.particulars[f] for f in shared):
            yield "particulars"


def _same_sources(world: World, other: World, office: str | None, record: Record) -> bool:
    """Whether an office's particulars of the person are folded from the same in both worlds."""
    sides = [each.record(office, record.person) if office is not None else None for each in (world, other)]
    one, two = [_sources(side) if side is not None else None for side in sides]
    return one == two


def _sources(record: Record) -> set[tuple[Ref, frozenset[str]]]:
    """The facts from which particulars are folded, each with the parts that the office was shown."""

    def of(*kinds: str) -> set[tuple[Ref, frozenset[str]]]:
        facts = record.facts.values()
        return {(s.ref, frozenset(s.event.parts)) for s in facts if s.payload.type in kinds and not s.void}

    ties = of("tie.began", "tie.ended")  # the marital status follows from them
    # Where nobody registered the person, what arrivals state is all that is known.
    return ties | (of("person.registered", "person.changed") or of("movement.arrived"))


def _contradictory(record: Record) -> bool:
    """Two first registrations excuse what follows from either, here as in E4."""
    return any(c.kind == "two_registrations" for c in record.contradictions)


def _unregistered(*worlds: World) -> set[str]:
    """The persons of whom no book shows that anybody registered them."""
    records = [record for world in worlds for office in world.offices for record in world.records(office)]
    known = {person for record in records if registered(record) for person in record.persons}
    return {record.person for record in records} - known


def _compared(record: Record, unregistered: Collection[str]) -> bool:
    """Keepers, and offices with an open stay that the keeper has confirmed.

    Of a person whom nobody registered it is who opened the dossier, says so of itself, or agreed when asked: not who
    was only asked, and has not heard of the others. Where some book knows of a registration, who is keeper by another
    that does not hangs on which arrival or opening it heard of.
    """
    if not registered(record) and (record.person not in unregistered or record.withdrawn or only_stated(record)):
        return False
    if record.keeper == record.office:
        return True
    return any(s.office == record.office and record.recognised(s) for s in record.open_stays)
