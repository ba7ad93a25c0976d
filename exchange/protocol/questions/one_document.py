"""One document on two persons (DESIGN.md K6): which documents a dossier holds, by which event and since when. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import msgspec

from events import documents
from events.catalogue.amendment import Corrected
from events.catalogue.movement import Arrived
from events.catalogue.person import Changed, Registered, Stated
from events.envelope import Ref
from events.errors import Malformed
from events.standing import Facts, Standing
from exchange.protocol.record import OPEN, CaseState, Contradiction, Record

FIELD = "document."


class Claim(msgspec.Struct, frozen=True, order=True):
    """The event that says so, and the stamp since which it does: its own, or that of the correction that made it."""

    since: int
    event: Ref


def forms(particulars: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Field and look-up form of every document, however its number is written."""
    for field, value in particulars.items():
        number = value.get("number") if isinstance(value, Mapping) else value
        if field.startswith(FIELD) and isinstance(number, str):
            try:
                yield field, documents.lookup_form(field.removeprefix(FIELD), number)
            except Malformed:
                continue  # a foreign fact may hold a number that our rules do not know; nothing finds it


def held(facts: Facts, office: str) -> Mapping[str, Claim]:
    """Look-up form -> the first event in force that states the document. A change takes the place of what was before.

    What another office's statement says counts where nothing newer is known; the office's own adds nothing.
    """
    return facts.kept(_held, office)


def _held(facts: Facts, office: str) -> dict[str, Claim]:
    found: dict[str, dict[str, Claim]] = {}
    changed: dict[str, int] = {}
    in_force = sorted(facts.in_force(Registered, Arrived, Changed, Stated), key=lambda s: s.order)
    for standing in in_force:
        payload = standing.payload
        if isinstance(payload, Changed):
            for field in payload.set:
                if field.startswith(FIELD):
                    found[field], changed[field] = {}, max(standing.stamp, changed.get(field, 0))
        for field, form in forms(_stated(standing)):
            found.setdefault(field, {}).setdefault(form, Claim(_since(standing, form, facts), standing.ref))
    statements = [s for s in in_force if isinstance(s.payload, Stated) and s.author != office]
    latest = max(statements, key=lambda s: (s.stamp, s.ref), default=None)
    if latest is not None and isinstance(latest.payload, Stated):
        for field, form in forms(latest.payload.particulars):
            if changed.get(field, 0) < latest.stamp:
                found.setdefault(field, {}).setdefault(form, Claim(latest.stamp, latest.ref))
    return {form: claim for stated in found.values() for form, claim in stated.items()}


def rivals(dossiers: Sequence[Facts], office: str) -> list[frozenset[Contradiction]]:
    """For each dossier of one book what contradicts because another holds the same document."""
    claims = [held(facts, office) for facts in dossiers]
    found: list[set[Contradiction]] = [set() for _ in claims]
    holders: dict[str, list[int]] = {}
    for at, claimed in enumerate(claims):
        for form in claimed:
            holders.setdefault(form, []).append(at)
    for form, holding in holders.items():
        for one, other in combinations(holding, 2):
            events = tuple(sorted((claims[one][form].event, claims[other][form].event)))
            for at in (one, other):
                found[at].add(Contradiction("one_document", events))
    return [frozenset(each) for each in found]


def corrected_away(opening: Standing) -> bool:
    """Whether no document is left of those that the fact stated when it was recorded, as far as they are told."""
    then = {form for _, form in forms(_particulars(opening.event.payload))}
    now = {form for _, form in forms(_particulars(opening.payload))}
    return not (then & now)


def still_one_document(state: CaseState, facts: Mapping[Ref, Standing], *, rivalled: bool) -> CaseState:
    """Asked for another person's sake: it stands while the document does, and, until it was answered, the other has it.

    The asker does not know the other person: that the document was corrected is all that both sides see.
    """
    state = msgspec.structs.replace(state, by_document=True)
    opening = facts.get(state.ref.opening)
    gone = opening is not None and corrected_away(opening)
    if state.status in OPEN and (gone or not (rivalled or state.thread)):
        return msgspec.structs.replace(state, status="withdrawn", automatic=True)
    return state


def one_document(contradictions: Iterable[Contradiction]) -> list[Contradiction]:
    """Those of this kind."""
    return [c for c in contradictions if c.kind == "one_document"]


def facts_shown(record: Record, records: Iterable[Record]) -> list[Collection[Ref]]:
    """The facts of a record, and those of the others of its book that hold a document of it."""
    events = {ref for contradiction in one_document(record.contradictions) for ref in contradiction.events}
    others = (r.facts for r in records if r.person != record.person)
    return [record.facts, *(facts for facts in others if not events.isdisjoint(facts))]


def _stated(standing: Standing) -> Mapping[str, Any]:
    return {} if isinstance(standing.payload, Stated) else _particulars(standing.payload)


def _particulars(payload: object) -> Mapping[str, Any]:
    if isinstance(payload, Registered | Stated):
        return payload.particulars
    if isinstance(payload, Arrived):
        return payload.stated
    return payload.set if isinstance(payload, Changed) else {}


def _since(standing: Standing, form: str, facts: Mapping[Ref, Standing]) -> int:
    """The stamp since which the fact states the document: its own, or that of the correction that brought it.

    A later correction that leaves the document as it was makes nobody's claim younger.
    """
    if not standing.corrections or form in _said(standing.event.payload):
        return standing.stamp
    corrections = [facts[ref] for ref in standing.corrections if ref in facts]
    return min((_since(c, form, facts) for c in corrections if form in _said(c.payload)), default=standing.stamp)


def _said(payload: object) -> set[str]:
    """Every document of a fact, or of a correction of whatever depth."""
    return set(_forms_within(payload.set if isinstance(payload, Corrected) else _particulars(payload)))


def _forms_within(changes: Mapping[str, Any]) -> Iterator[str]:
    yield from (form for _, form in forms(changes))
    for value in changes.values():
        if isinstance(value, Mapping):
            yield from _forms_within(value)
