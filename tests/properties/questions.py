"""Every question that stands has two sides: who asks, and who has a case to answer."""

from __future__ import annotations

from collections.abc import Iterator

from exchange.protocol.automatic import RELAYED
from exchange.protocol.matching import registered
from exchange.protocol.record import CaseState, Record
from tests.properties.world import World


def question_faults(world: World) -> list[str]:
    """Open on the one side, and unknown to the other or over: nobody could answer, or withdraw, or decide. Or each of
    the two takes another for the one who asks, who never did.
    """
    faults = [*_of_no_asker(world), *_of_another_asker(world)]
    for office in world.offices:
        for record in world.records(office):
            for state in _open(record):
                other = state.ref.asked if state.asker == office else state.asker
                if (
                    other == office
                    or office not in {state.asker, state.ref.asked}
                    or other not in world.books
                    or other in world.closed
                ):
                    continue
                twins = [each for each in world.records(other) if state.ref.opening in each.facts]
                # Whoever kept the person when it asked, and does not now, asks no more; who was asked may not hear it.
                if other == state.asker and _put(world, state):
                    twins = [each for each in twins if each.keeper == other]
                if not twins or not all(map(_judged, twins)):
                    continue
                seen = [twin.cases[state.ref] for twin in twins if state.ref in twin.cases]
                if not seen:
                    faults.append(f"question of one side: {state.ref} asked by {state.asker}, seen by {office}")
                elif not any(each.open for each in seen):
                    faults.append(f"question over for one side: {state.ref} asked by {state.asker}, open for {office}")
    return faults


def _of_no_asker(world: World) -> Iterator[str]:
    """What an office that keeps the person takes for its own question, and never put, while the office asked, which
    takes it for the keeper, too, takes another for the one who asks.
    """
    for office in world.offices:
        for record in world.records(office):
            for ref, state in record.cases.items() if record.keeper == office else ():
                told = world.books[office].told.get((ref.opening, ref.asked))
                if not state.open or state.asker != office or (told and told.asked) or ref.asked not in world.offices:
                    continue
                twins = [r for r in world.records(ref.asked) if r.keeper == office and ref in r.cases]
                if ref.opening not in record.facts:
                    continue
                askers = {twin.cases[ref].asker for twin in twins} - {office}
                if askers:
                    yield f"question of no asker: {ref} open for {office}, which did not ask, but {sorted(askers)}"


def _of_another_asker(world: World) -> Iterator[str]:
    """What the office asked would answer to the keeper, who takes another for the one who asks: nobody would decide."""
    for office in world.offices:
        for record in world.records(office):
            asked = {ref: state.asker for ref, state in record.cases.items() if state.open and ref.asked == office}
            for ref, asker in asked.items() if record.keeper != office and office not in world.closed else ():
                twins = [r for r in world.records(asker) if r.keeper == record.keeper == asker and ref in r.cases]
                others = {twin.cases[ref].asker for twin in twins} - {asker}
                if others:
                    yield f"question of another asker: {ref} asked by {asker} to {office}, by {sorted(others)} to it"


def _put(world: World, state: CaseState) -> bool:
    """Whether its asker ever put a question that may be the keeper's."""
    told = world.books[state.asker].told.get((state.ref.opening, state.ref.asked))
    return told is not None and state.ref.kind in RELAYED.intersection(question.kind for question in told.asked)


def _open(record: Record) -> Iterator[CaseState]:
    """But for those put because of another person with the document, of which the one side may know nothing."""
    if record.withdrawn or not _judged(record):
        return
    for state in record.cases.values():
        opening = record.facts.get(state.ref.opening)
        if state.open and not state.by_document and not state.hidden and opening is not None:
            yield state


def _judged(record: Record) -> bool:
    """Whether a registration says who keeps the person: by another's word alone offices take others for the keeper."""
    return registered(record) and all(found.kind != "two_registrations" for found in record.contradictions)
