"""Whether a question can be answered by comparing: the office keeps the person, and nothing stated differs. Pure.

What must hold of every case that is confirmed by comparing: the office asked knows the person by its own word, never by
the statement that it is asked about; who is meant is certain; and no field that both hold differs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import msgspec

from events.catalogue.amendment import Corrected
from events.catalogue.case import Confirmed
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.person import Changed
from events.catalogue.values import CaseRef, Deviation
from events.parts import part_of
from events.standing import Facts, Standing
from exchange.protocol.comparing.compare import differences
from exchange.protocol.comparing.held_beside import held_beside
from exchange.protocol.comparing.stated_ties import tie_deviation
from exchange.protocol.life.kinship import Kin
from exchange.protocol.life.particulars import particulars
from exchange.protocol.questions.replying import MORE_MAY_DIFFER, answer_of
from exchange.protocol.record import ASKED, CaseState, Record

Compared = Literal["equal", "differs", "unclear", "other_kind", "not_asked"]

KINDS = frozenset({"inflow", "registration"})  # "yours, and right?": the others ask what no record can tell


class Comparison(msgspec.Struct, frozen=True):
    """`unclear`: nothing differs, and yet a person has to look. `fields`: those that differ."""

    found: Compared
    fields: tuple[str, ...] = ()


def comparison(record: Record, state: CaseState, kin: Mapping[str, Kin]) -> Comparison:
    """What comparing says of a case that asks this office. `kin`: of those tied to the person, by its own books."""
    if state.ref.asked != record.office or state.status not in ASKED:
        return Comparison("not_asked")
    if state.ref.kind not in KINDS:
        return Comparison("other_kind")
    opening, stated = record.facts.get(state.ref.opening), stated_in(record, state)
    fields = tuple(each.field for each in own_differences(record, opening, stated, kin))
    if record.died_on is not None and (opening is None or record.died_on <= opening.day):
        fields = (*fields, "died_on")  # who died later has arrived all the same
    if fields:
        return Comparison("differs", fields)
    certain = keeps(record) and not state.by_document and not state.reopened and not record.contradictions
    return Comparison("equal" if certain and _recognised(record, opening, stated) else "unclear")


def all_differences(
    record: Record, opening: Standing | None, stated: Mapping[str, Any], kin: Mapping[str, Kin]
) -> tuple[Deviation, ...]:
    """Every field of what the opening fact states, ties included, that differs from what the office holds."""
    day = opening.day if opening is not None else None
    return (*different(record, opening, stated), *tie_deviation(record, stated, kin, day))


def own_differences(
    record: Record, opening: Standing | None, stated: Mapping[str, Any], kin: Mapping[str, Kin]
) -> tuple[Deviation, ...]:
    """Of these what the office asked holds beside the question: it holds nothing that only another question says."""
    if opening is None or keeps(record):
        return all_differences(record, opening, stated, kin)
    particular = differences(held_beside(record, opening.ref), stated, _before(record, opening))
    return (*particular, *tie_deviation(record, stated, kin, opening.day))


def different(record: Record, opening: Standing | None, stated: Mapping[str, Any]) -> tuple[Deviation, ...]:
    """The particulars that differ. What changed in the world only after the day of the fact was right on that day."""
    return differences(record.particulars, stated, _before(record, opening))


def _before(record: Record, opening: Standing | None) -> dict[str, list[Any]]:
    """The other values that a field had on the day of the fact or since."""
    changes = record.facts.in_force(Changed, TieBegan, TieEnded)
    later = [s for s in changes if opening is not None and s.day > opening.day]
    if not later:
        return {}
    left_out = {s.ref for s in later}
    facts = Facts((ref, s) for ref, s in record.facts.items() if ref not in left_out)
    then = particulars(facts, record.person, record.office, record.keeper)
    found = {field: [then.get(field)] for field in record.particulars}  # what was not known said nothing
    for change in later:
        for field, value in change.payload.set.items() if isinstance(change.payload, Changed) else ():
            found.setdefault(field, []).append(value)
    return found


def certainly_same(record: Record, state: CaseState, kin: Mapping[str, Kin]) -> bool:
    """Equal, and of that document, name and birth date each: then a setting may confirm it by itself."""
    stated = stated_in(record, state)
    held = record.particulars
    born = stated.get("born_on")
    same = comparison(record, state, kin).found == "equal" and born == held.get("born_on", "")
    return same and _documents(record, record.facts.get(state.ref.opening), stated)


def found_later(record: Record, state: CaseState) -> tuple[Deviation, ...]:
    """What differs in fields that this office was told only once it had confirmed, and that nobody changed since.

    The office asked first gets what it needs to recognise the person (rule 3 of routing), so the rest is compared then.
    """
    answer = answer_of(state, record.facts)
    if answer is None or state.status not in MORE_MAY_DIFFER or state.ref.kind not in KINDS:
        return ()
    if answer.author != record.office or not isinstance(answer.payload, Confirmed) or not keeps(record):
        return ()
    since = {f for s in record.facts.values() if s.stamp > answer.stamp for f in _set_by(s.payload)}
    found = different(record, record.facts.get(state.ref.opening), stated_in(record, state))
    since.update(each.field for each in state.deviations)
    more = tuple(each for each in found if part_of(each.field) == "cohort" and each.field not in since)
    return (*state.deviations, *more) if more else ()


def _set_by(fact: Fact) -> Iterable[str]:
    if isinstance(fact, Changed):
        return fact.set
    return fact.fields if isinstance(fact, Corrected) else ()


def keeps(record: Record) -> bool:
    """Whether the office keeps the registration by its own word: it recorded it, or was asked and agreed."""
    if record.keeper != record.office:
        return False
    for link in record.chain:
        asked = record.cases.get(CaseRef(link.ref, record.office, "registration"))
        own = record.facts[link.ref].author == record.office or (asked is not None and asked.recognised)
        if own and not link.from_arrival and record.office in link.named and record.office not in link.disclaimed:
            return True
    return False


def stated_in(record: Record, state: CaseState) -> Mapping[str, Any]:
    """The particulars that the question states, as far as this office was told them."""
    opening = record.facts.get(state.ref.opening)
    payload = opening.payload if opening is not None and not opening.void else None
    found: Mapping[str, Any] = getattr(payload, "stated", None) or getattr(payload, "particulars", None) or {}
    return found


def _recognised(record: Record, opening: Standing | None, stated: Mapping[str, Any]) -> bool:
    """Whether it is certain who is meant: by the name, and by a document or the birth date, on both sides."""
    held = record.particulars
    if "name" not in held or "name" not in stated:
        return False
    return _documents(record, opening, stated) or ("born_on" in held and "born_on" in stated)


def _documents(record: Record, opening: Standing | None, stated: Mapping[str, Any]) -> bool:
    """Whether a document is stated that is held: those that both hold were found alike before."""
    shared = [field for field in stated if field.startswith("document.") and field in record.particulars]
    differing = {each.field for each in different(record, opening, stated)}
    return any(stated[field] is not None and field not in differing for field in shared)
