"""Whoever took itself for the keeper by its own answer, and is not any more, has a notice that says so."""

from __future__ import annotations

from events.catalogue.case import Confirmed
from events.catalogue.person import Merged, Registered
from events.catalogue.registration import RegistrationChanged
from events.envelope import Ref
from exchange.protocol.record import Record
from tests.properties.world import World


def given_up_faults(world: World) -> list[str]:
    """What its claim gave way to came with a notice, unless whoever told it had not heard of the answer by then, or the
    office itself knew better when it answered. One node only: between nodes what was sent is not what is known yet.
    It takes some for silent who had been told the link before, upon which no notice can follow (decision 0007).
    """
    if world.nodes > 1:
        return []
    return [
        f"claim given up in silence {record.chain[0].ref} by {office}"
        for office in sorted(set(world.books) - set(world.closed))
        for record in world.records(office)
        if record.chain and record.keeper not in {None, office} and _unheard(world, office, record)
    ]


def _answers(office: str, record: Record) -> list[Ref]:
    """By which the office agreed that the person is registered with it, to an arrival that stands."""
    facts, asked = record.facts, [c for c in record.cases.values() if c.ref.asked == office and c.recognised]
    if any(s.author == office for s in facts.in_force(Registered, RegistrationChanged, Merged)):
        return []  # it kept them by more than its answer
    cases = [c for c in asked if c.ref.kind == "inflow" and not facts[c.ref.opening].void]
    return [r for c in cases for r in c.thread if isinstance(facts[r].payload, Confirmed)]


def _unheard(world: World, office: str, record: Record) -> bool:
    link, answers = record.chain[0].ref, set(_answers(office, record))
    told = [(at, d) for at, d in enumerate(world.said) if (d.ref, d.to) == (link, office)]
    if not answers or not told or any(d.kind is not None for _, d in told):
        return False
    at, first = told[0]
    return any((d.ref, d.to) == (answer, first.teller) for d in world.said[:at] for answer in answers)
