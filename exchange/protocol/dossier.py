"""Dossiers: which ids are one person by the merges in force, and which of them survives. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Reply
from events.catalogue.fact import Fact
from events.catalogue.movement import Departed, Extended, Left, MainChanged, MovedWithin
from events.catalogue.person import Merged, Unmerged
from events.envelope import Envelope, Ref
from events.standing import Facts, Standing


class Dossier(msgspec.Struct, frozen=True, gc=False):
    """One group of ids: `survivor` carries the chain, the others gave their entry up."""

    survivor: str
    persons: tuple[str, ...]
    given_up: tuple[str, ...]
    merge_keeper: str | None  # the office named by the latest merge as keeper of the survivor
    gave_up: frozenset[str]  # offices that recorded merges in force


def concerned(facts: Mapping[Ref, Standing]) -> dict[Ref, str]:
    """Whom a fact is about, where that may be another than it was recorded under.

    An unmerging allots. What speaks of a stay, a case or an amended fact goes where that goes, whatever was allotted.
    """
    given: dict[Ref, str] = {}
    for standing in sorted(facts.values(), key=lambda s: s.stamp):
        if isinstance(standing.payload, Unmerged):
            for name, person in standing.payload.allotment.items():
                author, _, id_ = name.partition("/")
                given[Ref(author, id_)] = person
    # Whatever is spoken of has the lower stamp, and so has found its person before.
    for standing in sorted(facts.values(), key=lambda s: (s.stamp, s.ref)):
        spoken_of = spoken_of_by(standing.payload)
        if spoken_of is not None and spoken_of in facts:
            given[standing.ref] = given.get(spoken_of, facts[spoken_of].event.person)
    return given


def spoken_of_by(payload: Fact) -> Ref | None:
    """The fact without which this one says nothing."""
    if isinstance(payload, Corrected | Retracted):
        return payload.target
    if isinstance(payload, Departed | Extended | Left | MainChanged | MovedWithin):
        return payload.stay
    return payload.case.opening if isinstance(payload, Reply) else None


def dossiers(facts: Facts) -> tuple[Dossier, ...]:
    """The groups of ids in a book: all that merges in force join, whoever recorded them.

    The id survives that nobody gave up. Where two offices gave one id up for different ones, or the merges make a ring,
    several might: the lowest of them does.
    """
    persons = {s.event.person for s in facts.values()}
    undone = {s.payload.merge for s in facts.of(Unmerged) if isinstance(s.payload, Unmerged)}
    merges = [(s, s.payload) for s in facts.of(Merged) if isinstance(s.payload, Merged) and s.ref not in undone]
    if not merges:
        return tuple(Dossier(person, (person,), (), None, frozenset()) for person in sorted(persons))
    merges.sort(key=lambda merge: (merge[0].stamp, merge[0].ref))
    into: dict[str, set[str]] = {}
    for standing, payload in merges:
        into.setdefault(standing.event.person, set()).add(payload.other)
    persons.update(*into.values())
    found = []
    for survivor, ids in sorted((_survivor(ids, into), ids) for ids in _joined(persons, into)):
        within = [(s, m) for s, m in merges if s.event.person in ids]
        named = [m.keeper for _, m in within if m.other == survivor] or [m.keeper for _, m in within]
        found.append(
            Dossier(
                survivor,
                tuple(sorted(ids)),
                tuple(sorted(ids - {survivor})),
                named[-1] if named else None,
                frozenset(s.author for s, _ in within),
            )
        )
    return tuple(found)


def ever_joined(person: str, frames: Iterable[Envelope]) -> set[str]:
    """The ids that merges, in force or undone, ever joined with this one."""
    joined = {person}
    pairs = [{frame.subject.id, *frame.touches} for frame in frames if frame.type == "person.merged"]
    while more := [pair for pair in pairs if pair & joined and not pair <= joined]:
        joined.update(*more)
    return joined


def _joined(persons: Iterable[str], into: Mapping[str, set[str]]) -> list[set[str]]:
    """The groups that the merges make of these ids, whichever way each was given up."""
    groups = {person: {person} for person in persons}
    for person, others in into.items():
        for other in others:
            if groups[person] is not groups[other]:
                groups[person] |= groups[other]
                groups.update(dict.fromkeys(groups[other], groups[person]))
    return list({id(group): group for group in groups.values()}.values())


def _survivor(ids: Iterable[str], into: Mapping[str, set[str]]) -> str:
    """The lowest id of those that gave themselves up for none that did not do so, in turn, for them."""
    after = {person: _given_up_for(person, into) for person in ids}
    return min(person for person, ahead in after.items() if all(person in after[other] for other in ahead))


def _given_up_for(person: str, into: Mapping[str, set[str]]) -> set[str]:
    """The ids to which merges lead from this one, by however many steps."""
    found: set[str] = set()
    left = [*into.get(person, ())]
    while left:
        other = left.pop()
        if other not in found:
            found.add(other)
            left += into.get(other, ())
    return found
