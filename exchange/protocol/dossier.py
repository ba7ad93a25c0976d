"""Dossiers: which ids are one person by the merges in force, and which of them survives. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from events.catalogue.person import Merged, Unmerged
from events.envelope import Envelope, Ref
from events.standing import Standing


class Dossier(msgspec.Struct, frozen=True):
    """One group of ids: `survivor` carries the chain, the others gave their entry up."""

    survivor: str
    persons: tuple[str, ...]
    given_up: tuple[str, ...]
    merge_keeper: str | None  # the office named by the latest merge as keeper of the survivor
    gave_up: frozenset[str]  # offices that recorded merges in force


def allotted(facts: Iterable[Standing]) -> dict[Ref, str]:
    """The person of events that an unmerging allotted, where it is not the one they were recorded under."""
    given: dict[Ref, str] = {}
    for standing in sorted(facts, key=lambda s: s.stamp):
        if isinstance(standing.payload, Unmerged):
            for name, person in standing.payload.allotment.items():
                author, _, id_ = name.partition("/")
                given[Ref(author, id_)] = person
    return given


def dossiers(facts: Mapping[Ref, Standing]) -> tuple[Dossier, ...]:
    """The groups of ids in a book. In a ring of merges the lowest id survives."""
    undone = {s.payload.merge for s in facts.values() if isinstance(s.payload, Unmerged)}
    merges = [
        (standing, standing.payload)
        for standing in facts.values()
        if isinstance(standing.payload, Merged) and standing.ref not in undone
    ]
    merges.sort(key=lambda merge: (merge[0].stamp, merge[0].ref))
    into: dict[str, str] = {standing.event.person: payload.other for standing, payload in merges}
    persons = {s.event.person for s in facts.values()} | set(into.values())
    groups: dict[str, set[str]] = {}
    for person in persons:
        groups.setdefault(_survivor(person, into), set()).add(person)
    found = []
    for survivor, ids in sorted(groups.items()):
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


def _survivor(person: str, into: Mapping[str, str]) -> str:
    path = [person]
    while (after := into.get(path[-1])) is not None:
        if after in path:
            return min(path[path.index(after) :])
        path.append(after)
    return path[-1]
