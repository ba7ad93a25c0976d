"""Reminders and escalations: facts that the coming of a day makes. Pure: drafts, made into events elsewhere.

The asker's system actor reminds, so that the office asked is told; that of the office asked escalates, so that the
asker is, and the county, which is served where the office asked is. Ids are derived from case, ground and day.
"""

from __future__ import annotations

from typing import cast

from events.catalogue.case import Escalated, Reminded, ReminderGround
from exchange.ids import derived_id
from exchange.protocol.automatic import case_parts
from exchange.protocol.draft import Draft
from exchange.protocol.record import ASKED, CaseState, Record


def waits(record: Record, state: CaseState) -> bool:
    """Whether the case still waits for its answer, and nobody has died: while a death stands, nobody is pressed."""
    opening = record.facts.get(state.ref.opening)
    return state.status in ASKED and record.died_on is None and opening is not None and not opening.void


def reminder(record: Record, state: CaseState, ground: str, due_on: str) -> Draft | None:
    """What the asker records; None where it is not the asker, nothing waits, or it is recorded already."""
    if record.office != state.asker or not waits(record, state) or state.status == "overdue":
        return None
    fact = Reminded(case=state.ref, ground=cast("ReminderGround", ground), due_on=due_on)
    return _draft(record, state, fact, ground, due_on)


def escalation(record: Record, state: CaseState, to: str, due_on: str) -> Draft | None:
    """What the office asked records of a case that is overdue; None as above."""
    if record.office != state.ref.asked or not waits(record, state) or state.status != "overdue":
        return None
    if to in state.escalated:
        return None
    return _draft(record, state, Escalated(case=state.ref, to=to, due_on=due_on), to, due_on)


def _draft(record: Record, state: CaseState, fact: Reminded | Escalated, what: str, due_on: str) -> Draft | None:
    ref = state.ref
    id_ = derived_id(fact.type, *case_parts(state), what, due_on, str(state.again or ""))
    if any(held.id == id_ and held.author == record.office for held in record.facts):
        return None
    return Draft(id=id_, person=record.facts[ref.opening].event.person, payload=fact, because=ref.opening)
