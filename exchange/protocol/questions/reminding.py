"""Reminders and escalations: facts that the coming of a day makes. Pure: drafts, made into events elsewhere.

Whoever waits reminds: the asker while it waits for the answer, the office asked while its answer waits for a decision.
Whoever is late escalates, so that the other side is told, and the county above the late one, which is served where it
is. Ids are derived from case, ground and day.
"""

from __future__ import annotations

from typing import cast

from events.catalogue.case import Answer, Escalated, Reminded, ReminderGround
from events.envelope import Ref
from exchange.ids import derived_id
from exchange.protocol.automatic import case_parts
from exchange.protocol.draft import Draft
from exchange.protocol.offices import Offices
from exchange.protocol.questions.pressing import Turn, turn
from exchange.protocol.record import DECIDING, CaseState, Record


def turn_of(offices: Offices, record: Record, state: CaseState) -> Turn | None:
    """Whose turn it is where nobody has died: while a death stands, nobody is pressed."""
    if record.died_on is not None or state.ref.opening not in record.facts:
        return None
    return turn(state.asker, state.ref.asked, state.status, outside=not offices.within(state.ref.asked))


def reminder(offices: Offices, record: Record, state: CaseState, ground: str, due_on: str) -> Draft | None:
    """What the side that waits records; None where the office is not that one, or it is recorded already."""
    whose = turn_of(offices, record, state)
    if whose is None or record.office != whose.waits or state.late:
        return None
    fact = Reminded(case=state.ref, ground=cast("ReminderGround", ground), due_on=due_on)
    return _draft(record, state, fact, ground, due_on)


def escalation(offices: Offices, record: Record, state: CaseState, to: str, due_on: str) -> Draft | None:
    """What the side that is late records; None as above."""
    whose = turn_of(offices, record, state)
    if whose is None or record.office != whose.acts or not state.late or to in state.escalated:
        return None
    return _draft(record, state, Escalated(case=state.ref, to=to, due_on=due_on), to, due_on)


def _draft(record: Record, state: CaseState, fact: Reminded | Escalated, what: str, due_on: str) -> Draft | None:
    ref = state.ref
    id_ = derived_id(fact.type, *case_parts(state), what, due_on, str(state.again or ""))
    if any(held.id == id_ and held.author == record.office for held in record.facts):
        return None
    return Draft(id=id_, person=record.facts[ref.opening].event.person, payload=fact, because=_waits(record, state))


def _waits(record: Record, state: CaseState) -> Ref:
    """The question; or, by whoever asked, the answer that it lets wait: so its own late decision is told apart."""
    if record.office != state.asker or state.status not in DECIDING:
        return state.ref.opening
    return next(ref for ref in reversed(state.thread) if isinstance(record.facts[ref].payload, Answer))
