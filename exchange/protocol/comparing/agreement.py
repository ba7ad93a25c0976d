"""E4. Do the keeper and an office with an open stay show the same? Pure.

Registration place, open main stays with their first day, particulars, ties, alive or dead, and the state of their cases
must agree, unless the field is in an open case, an insisted deviation or a contradiction.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from events.catalogue.values import CaseRef
from exchange.protocol.comparing.compare import alike
from exchange.protocol.record import CaseState, Record

PairState = Literal["equal", "under_way", "asked", "insisted", "contradictory", "different"]


class Finding(msgspec.Struct, frozen=True, gc=False):
    """One pair of offices about one person: the state, and the fields where they show something else."""

    keeper: str
    other: str
    person: str
    state: PairState
    fields: tuple[str, ...] = ()


def compare(keeper: Record, other: Record | None, office: str) -> Finding:
    """The keeper's record beside that of an office which, by either record, has an open stay."""
    if other is None:
        return Finding(keeper.office, office, keeper.person, "different", ("record",))
    if not any(s.office == office for s in keeper.open_stays) and not any(s.office == office for s in other.open_stays):
        return Finding(keeper.office, office, keeper.person, "equal")
    if _asked(keeper, other, office):
        return Finding(keeper.office, office, keeper.person, "asked")
    fields = _differing(keeper, other)
    if keeper.incomplete or other.incomplete:
        fields.append("incomplete")
    excused = _excused(keeper) | _excused(other)
    if "stays" in excused and all(s.office != office for s in keeper.open_stays):
        # What cannot all be true decides whether the stay goes on; to one that has ended the keeper states nothing.
        excused |= {"ties", *keeper.particulars}
    insisted = set(keeper.insisted) | set(other.insisted)
    faults = [f for f in fields if f not in excused and f not in insisted]
    if faults:
        return Finding(keeper.office, office, keeper.person, "different", tuple(sorted(faults)))
    if keeper.contradictions or other.contradictions:
        return Finding(keeper.office, office, keeper.person, "contradictory", tuple(sorted(fields)))
    if any(c.open for c in (*keeper.cases.values(), *other.cases.values())):
        return Finding(keeper.office, office, keeper.person, "under_way", tuple(sorted(fields)))
    if insisted:
        return Finding(keeper.office, office, keeper.person, "insisted", tuple(sorted(fields)))
    return Finding(keeper.office, office, keeper.person, "equal")


def _asked(keeper: Record, other: Record, office: str) -> bool:
    """Until a stay is confirmed nothing of the keeper's flows back: it counts as asked, never as different."""
    stated = next((link for link in reversed(keeper.chain) if link.from_arrival), None)
    if stated is not None and stated.ref.author != keeper.office:
        question = keeper.cases.get(CaseRef(stated.ref, keeper.office, "inflow"))
        if question is None or not question.recognised:
            return True  # it is keeper only by an arrival's word, and has never said that this is so
    for record in (keeper, other):
        for stay in record.open_stays:
            if stay.office not in {office, keeper.office}:
                continue
            cases = record.questions_about(stay.id)
            if cases and not any(c.recognised for c in cases):
                return True
    return False


def _differing(keeper: Record, other: Record) -> list[str]:
    fields: list[str] = []
    if keeper.registration != other.registration or keeper.keeper != other.keeper:
        fields.append("registration")
    if _mains(keeper) != _mains(other):
        fields.append("stays")
    if keeper.died_on != other.died_on:
        fields.append("died_on")
    if (keeper.protected is None) != (other.protected is None):
        fields.append("protection")
    if _ties(keeper) != _ties(other):
        fields.append("ties")
    ours, theirs = keeper.particulars, other.particulars
    fields.extend(f for f in ours if f not in theirs or not alike(f, ours[f], theirs[f]))
    for ref, case in keeper.cases.items():
        if case.by_document or _of_nobody(keeper, case):
            continue  # about another person of the office asked, or put by neither: the asker knows nothing of it
        if other.office in {ref.asked, case.asker} and keeper.office in {ref.asked, case.asker}:
            twin = other.cases.get(ref)
            if twin is None or (twin.status, twin.late) != (case.status, case.late):
                fields.append("cases")
                break
    return fields


def _of_nobody(record: Record, case: CaseState) -> bool:
    """A question that an office which took itself for the keeper put, and withdrew when it knew better."""
    authors = {record.facts[ref].author for ref in case.thread}
    return case.status == "withdrawn" and bool(authors) and authors.isdisjoint({case.asker, case.ref.asked})


def _ties(record: Record) -> list[tuple[str, str, str]]:
    """Of each tie its kind, its first day and the id of the other: what is stated may be withheld."""
    return sorted((tie.tie, tie.since, tie.other.person or "") for tie in record.ties_in_force)


def _mains(record: Record) -> frozenset[tuple[str, str]]:
    return frozenset((s.office, s.main_since) for s in record.main_stays)


def _excused(record: Record) -> set[str]:
    """Fields that an open case or a contradiction explains."""
    excused = set(record.objected)
    kinds = {c.kind for c in record.contradictions}
    if kinds & {"contested_stays", "moved_after_death", "left_without_arrival"}:
        excused |= {"stays", "died_on", "cases"}
    if "two_registrations" in kinds:
        excused |= {"registration", "stays", "cases", "ties", *record.particulars}
    if "two_spouses" in kinds:
        excused |= {"ties", "marital_status"}
    return excused


def findings(records: Mapping[str, tuple[Record, ...]]) -> list[Finding]:
    """Every pair of a keeper (by its own book) and an office that has an open stay by its own or the keeper's."""
    found: list[Finding] = []
    for office, own in records.items():
        for record in own:
            if record.keeper != office or record.withdrawn:
                continue
            partners = {s.office for s in record.open_stays if s.office != office}
            for other_office, others in records.items():
                for other in others:
                    shares = set(other.persons) & set(record.persons)
                    # Of a person who was withdrawn an office sees nothing any more, so neither a stay (rule 6).
                    sees = other_office != office and shares and not other.withdrawn
                    if sees and any(s.office == other_office for s in other.open_stays):
                        partners.add(other_office)
            for partner in sorted(partners):
                if partner in records:
                    twin = next((r for r in records[partner] if set(r.persons) & set(record.persons)), None)
                    found.append(compare(record, twin, partner))
    return found
