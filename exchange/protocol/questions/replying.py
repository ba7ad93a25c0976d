"""Replies: the state in which they leave a case, one after the other (catalogue, rules 7 and 11). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from events.catalogue.case import (
    Answer,
    Confirmed,
    Deferred,
    Disputed,
    EnquiryAnswered,
    Escalated,
    Noted,
    Redirected,
    Reminded,
    Reopened,
    Settled,
    Withdrawn,
)
from events.catalogue.values import CaseRef
from events.envelope import Ref
from events.standing import Standing
from exchange.protocol.questions.asking_anew import answers_wait, asked_anew, moments, reconsidered, waits_since_before
from exchange.protocol.questions.on_paper import came_on_paper, speaks_for_asked
from exchange.protocol.questions.pressing import answered, pressed
from exchange.protocol.questions.redirecting import answered_after_all, restores_answer, withdraws_answer
from exchange.protocol.record import ASKED, DECIDING, CaseState

# Answers after which further parts come, which may differ as well.
MORE_MAY_DIFFER = frozenset({"confirmed", "matched", "deviations"})


def fold(
    ref: CaseRef, asker: str, thread: Iterable[Standing], facts: Mapping[Ref, Standing], *, outside: bool
) -> CaseState:
    """The replies by their stamps, with the corrections of the opening event among them.

    `outside`: whether the office asked takes no part. Who spoke itself still did when paper came before that.
    """
    thread = list(thread)
    itself = max((reply.stamp for reply in thread if reply.author == ref.asked), default=0)
    state = CaseState(ref=ref, asker=asker, status="open")
    withdrawn: CaseState | None = None  # as it was before a withdrawal that may be taken back together with the answer
    undecided: CaseState | None = None  # as it was when the exchange withdrew what waited for a decision on the answer
    ended: set[Ref] = set()  # answers taken back since, for which nobody waited any more
    for stamp, reply in moments(thread, facts):
        if reply.void:
            if stamp == reply.stamp and answers_wait(state, _take(state, reply, by_asked=reply.author == ref.asked)):
                ended.add(reply.ref)
            elif reply.ref in ended and waits_since_before(state, reply):
                state = asked_anew(state, stamp)
            continue
        state = reconsidered(state, facts, reply.stamp)
        if withdrawn is not None and state.status == "withdrawn" and restores_answer(reply):
            state = answered_after_all(withdrawn, state, reply)
            continue
        if undecided is not None and state.status == "withdrawn" and puts_again(reply):
            state = msgspec.structs.replace(undecided, thread=(*state.thread, reply.ref), aside=state.aside)
            continue
        withdrawn = state if withdraws_answer(reply) and state.status != "withdrawn" else withdrawn
        if isinstance(reply.payload, Withdrawn) and state.status != "withdrawn":
            undecided = state if reply.event.frame.automatic and state.status in DECIDING else None
        after = _take(state, reply, by_asked=speaks_for_asked(state, reply, outside=outside and reply.stamp > itself))
        if after is None:
            state = msgspec.structs.replace(state, aside=(*state.aside, reply.ref))
        else:
            state = msgspec.structs.replace(after, thread=(*state.thread, reply.ref))
    return reconsidered(state, facts, None)


def _take(state: CaseState, reply: Standing, *, by_asked: bool) -> CaseState | None:
    """The state after a reply; None where the reply came too late to change it."""
    payload = reply.payload
    replace = msgspec.structs.replace
    if isinstance(payload, Reopened):
        if reply.event.frame.automatic and state.status != "withdrawn":
            return None  # the withdrawal that it takes back came too late: the question had been answered by then
        anew = asked_anew(state, reply.stamp)
        return replace(anew, reopened=payload.fields, automatic=False, reason=None)
    if isinstance(payload, Withdrawn):
        if not state.open and (state.status == "withdrawn" or not withdraws_answer(reply)):
            return None
        automatic = reply.event.frame.automatic
        return replace(state, status="withdrawn", automatic=automatic, recognised=state.recognised and not automatic)
    if isinstance(payload, Settled):
        # Reopened by the correction that accepts the deviations: the statement is corrected and the case settled.
        accepting = bool(state.reopened and state.deviations)
        if state.status not in DECIDING and not accepting:
            return None
        fields = tuple(d.field for d in state.deviations)
        insisted = fields if payload.whole == "insisted" else payload.insisted
        accepted = fields if payload.whole == "accepted" else payload.accepted
        return replace(state, status="settled", insisted=insisted, accepted=accepted, reopened=(), undecided=False)
    if isinstance(payload, Noted):
        return state if state.open else None
    if isinstance(payload, Reminded | Escalated):
        return pressed(state, reply, by_asked=by_asked)
    if isinstance(payload, Redirected):
        may = state.status in ASKED if by_asked else state.open
        return replace(state, status="redirected", redirected_to=payload.to) if may else None
    if not by_asked or not (state.status in ASKED or (state.status in MORE_MAY_DIFFER and says_more(reply))):
        return None
    on_paper = came_on_paper(payload)
    if isinstance(payload, Disputed):
        return replace(
            answered(state),
            on_paper=on_paper,
            status="disputed",
            recognised=False,
            reason=payload.reason,
            place=payload.place,
            deviations=(),
        )
    if isinstance(payload, Deferred):
        deferrals = state.deferrals + 1
        return replace(state, status="deferred", due_on=payload.until, deferrals=deferrals, escalated=())
    if isinstance(payload, EnquiryAnswered) and state.ref.kind == "enquiry":
        return replace(state, status="answered", reason=payload.why_nothing, reopened=(), on_paper=on_paper)
    if not isinstance(payload, Confirmed) or state.ref.kind == "enquiry":
        return None  # an enquiry is answered with facts, and nothing else is
    state = replace(state, recognised=not on_paper, on_paper=on_paper, deviations=payload.deviations, reopened=())
    if payload.deviations:
        return replace(answered(state), status="deviations")
    automatic = reply.event.frame.automatic
    return replace(state, status="matched" if automatic else "confirmed", automatic=automatic)


def puts_again(reply: Standing) -> bool:
    """Whether the exchange puts the question again that it had withdrawn by itself."""
    return reply.event.frame.automatic and isinstance(reply.payload, Reopened)


def answer_of(state: CaseState, facts: Mapping[Ref, Standing]) -> Standing | None:
    """The last answer in the case, whatever was noted, or withdrawn and put again, since."""
    said = (facts[ref] for ref in reversed(state.thread) if ref in facts)
    return next((reply for reply in said if isinstance(reply.payload, Answer)), None)


def deviates(reply: Standing) -> bool:
    """Whether it is a confirmation that tells what differs."""
    return isinstance(reply.payload, Confirmed) and bool(reply.payload.deviations)


def says_more(reply: Standing) -> bool:
    """Deviations that the exchange itself found, in parts that came after the answer."""
    return reply.event.frame.automatic and deviates(reply)
