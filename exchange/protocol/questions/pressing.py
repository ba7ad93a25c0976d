"""Whose turn it is in a case, and what pressing whoever is late does to it (catalogue, rule 11). Pure.

The office asked has to answer; where its answer leaves open what holds, the asker has to decide. Whoever waits reminds,
and whoever is late escalates. An office outside reminds nobody: whoever wrote to it reminds itself of the decision.
"""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from events.catalogue.case import Escalated, Reminded
from events.standing import Standing
from exchange.protocol.record import ASKED, DECIDING, CaseState


class Turn(NamedTuple):
    """Who waits, and who has to act."""

    waits: str
    acts: str


def turn(asker: str, asked: str, status: str, *, outside: bool) -> Turn | None:
    """Whose turn it is in a case of this status: to answer, or to decide on the answer; None where it is nobody's.

    `outside`: whether the office asked takes no part, so that nobody there waits.
    """
    if status in ASKED:
        return Turn(waits=asker, acts=asked)
    return Turn(waits=asker if outside else asked, acts=asker) if status in DECIDING else None


def pressed(state: CaseState, reply: Standing, *, by_asked: bool) -> CaseState | None:
    """The case after a reminder or escalation of the office asked, or of the other side; None where it came too late.

    A case is late by this fact and not by the clock; one that has been deferred since says nothing of its day.
    """
    payload = reply.payload
    if not isinstance(payload, Reminded | Escalated):
        return None
    of_an_answer = reply.event.frame.because != state.ref.opening
    deciding = of_an_answer or by_asked == isinstance(payload, Reminded)
    if state.status not in (DECIDING if deciding else ASKED):
        return None
    if not deciding and payload.due_on < (state.due_on or ""):
        return state
    if isinstance(payload, Escalated):
        return msgspec.structs.replace(state, escalated=(*state.escalated, payload.to))
    overdue = payload.ground == "overdue"
    if deciding:
        return msgspec.structs.replace(state, undecided=state.undecided or overdue)
    return msgspec.structs.replace(state, status="overdue" if overdue else state.status, due_on=payload.due_on)


def answered(state: CaseState) -> CaseState:
    """The turn is the asker's now; who has been asked to see to the answer was not asked about its decision."""
    return state if state.status in DECIDING else msgspec.structs.replace(state, escalated=())


def at_rest(state: CaseState) -> CaseState:
    """In a case that is closed nobody waits, is late, or is asked to see to it."""
    if state.open or not (state.escalated or state.undecided):
        return state
    return msgspec.structs.replace(state, escalated=(), undecided=False)
