"""Whom only a redirect made somebody ask: what becomes of the question where that stands no more. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from events.catalogue.amendment import Corrected
from events.catalogue.case import Redirected, Reopened, Withdrawn
from events.catalogue.values import CaseRef
from events.envelope import Ref
from events.standing import Facts, Standing
from exchange.protocol.naming import asked_by, named_ever, named_offices
from exchange.protocol.record import CaseState, CaseStatus, Record

SENT_IN_ERROR = "sent_in_error"  # ground of withdrawing what the office asked had answered already
ANSWER_STANDS = "answer_stands_again"  # reason of reopening, where the redirect stands after all
# Answers that say something in the name of an office that was never to be asked.
_SPOKEN: frozenset[CaseStatus] = frozenset({"confirmed", "matched", "deviations", "settled", "redirected"})

# Questions that are put to whom the content names as such.
_NAMED = frozenset({"inflow", "registration", "moved-on", "outflow", "request", "enquiry"})


def withdraws_answer(reply: Standing) -> bool:
    """Whether the exchange withdrew the question together with the answer to it."""
    said = reply.payload
    return reply.event.frame.automatic and isinstance(said, Withdrawn) and said.ground == SENT_IN_ERROR


def restores_answer(reply: Standing) -> bool:
    """Whether the exchange takes such a withdrawal back."""
    said = reply.payload
    return reply.event.frame.automatic and isinstance(said, Reopened) and said.reason == ANSWER_STANDS


def answered_after_all(answered: CaseState, now: CaseState, reply: Standing) -> CaseState:
    """The case as it was answered; what was said since is kept without effect."""
    since = now.thread[len(answered.thread) :]
    return msgspec.structs.replace(answered, aside=(*now.aside, *since, reply.ref))


def sent_on(record: Record, case: CaseRef) -> bool:
    """Whether the office was asked because another redirected the question, be that taken back or corrected since."""
    opening = record.facts.get(case.opening)
    if opening is None or case.asked == record.keeper or case.asked in named_offices(opening.payload):
        return False
    said = (s.payload.case for s in record.facts.of(Redirected) if isinstance(s.payload, Redirected))
    return any((each.opening, each.kind) == (case.opening, case.kind) and each.asked != case.asked for each in said)


def asked_before(facts: Facts, case: CaseRef) -> frozenset[str]:
    """The office asked, and all from whom the question came to it: whom a redirect names is asked as if first."""
    said = (sent.payload for sent in ways_to(facts, case))
    return frozenset({case.asked, *(each.case.asked for each in said if isinstance(each, Redirected))})


def put_by_author(opening: Standing, facts: Facts, case: CaseRef) -> bool:
    """Whether its content, as it stands, puts the question to the office asked, or to one that sent it on to that."""
    named = asked_by(opening.payload, case.kind)
    return case.asked in named or not named.isdisjoint(asked_before(facts, case))


def asked_otherwise(opening: Standing, cases: Mapping[CaseRef, CaseState], case: CaseRef) -> bool:
    """Whether the author, which named the office from the start as the place left, asked it by the same act whether the
    person is its own: one office is asked one question of an act, so that it never asked whether they moved on.
    """
    if case.kind != "moved-on" or case.asked not in asked_by(opening.event.payload, case.kind):
        return False
    inflow = cases.get(CaseRef(case.opening, case.asked, "inflow"))
    return inflow is not None and inflow.status != "withdrawn"


def ever_put_by_author(opening: Standing, facts: Facts, case: CaseRef) -> bool:
    """Whether it does, or did, as it was recorded or as any correction says."""
    named = asked_by(opening.payload, case.kind) | named_ever(opening, facts, case.kind)
    return not named.isdisjoint(asked_before(facts, case))


def put_by_error(state: CaseState, opening: Standing, facts: Facts, keeper: str | None) -> bool:
    """Whether its content alone put the question, once: the keeper has a reason of its own to ask who moved on."""
    if state.ref.kind == "moved-on" and state.asker == keeper:
        return False
    return state.ref.asked in named_ever(opening, facts, state.ref.kind)


def ways_to(facts: Facts, case: CaseRef) -> list[Standing]:
    """The redirects by which the question came to the office asked, be they in force or not, or corrected since."""
    left = [(s, s.payload.case) for s in facts.of(Redirected) if isinstance(s.payload, Redirected)]
    left = [(s, sent) for s, sent in left if (sent.opening, sent.kind) == (case.opening, case.kind)]
    reached, found = {case.asked}, []
    while more := [(s, sent) for s, sent in left if not reached.isdisjoint(named_ever(s, facts))]:
        left = [each for each in left if each not in more]
        found += [s for s, _ in more]
        reached |= {sent.asked for _, sent in more}
    return found


def asked_already(record: Record, state: CaseState) -> frozenset[str]:
    """Both sides of the case, and all who were asked the same before, by content or redirects, as far as the office
    knows: sent on to one of them, the question would be over, and nobody asked.
    """
    opening = record.facts.get(state.ref.opening)
    first = asked_by(opening.payload, state.ref.kind) if opening is not None and state.ref.kind in _NAMED else set()
    return asked_before(record.facts, state.ref) | {state.asker} | first


def asked_no_more(record: Record, case: CaseRef, sent_by: frozenset[str] = frozenset()) -> bool:
    """Whether the question is corrected so that it is put to others, and no longer to this office, nor to any that
    sent it on to this one.
    """
    opening = record.facts.get(case.opening)
    if opening is None or not record.facts.of(Corrected) or case.asked in asked_by(opening.payload, case.kind):
        return False
    said = (s.payload for s in record.facts.of(Redirected) if not s.void)
    senders = [
        each.case
        for each in said
        if isinstance(each, Redirected) and each.to == case.asked
        if (each.case.opening, each.case.kind) == (case.opening, case.kind) and each.case.asked not in sent_by
    ]
    if not senders:
        return case.asked in named_ever(opening, record.facts, case.kind)
    return all(asked_no_more(record, each, sent_by | {case.asked}) for each in senders)


def sent_in_error(record: Record, opening: Ref, office: str) -> bool:
    """Whether only a redirect that names it no more let the office be told: somebody who is not its to know.

    Who redirected may not know the question that followed; who put that question may not know the office first named.
    """
    asked = [state for ref, state in record.cases.items() if (ref.opening, ref.asked) == (opening, office)]
    if any(state.status == "withdrawn" and sent_on(record, state.ref) for state in asked):
        return True
    sent = (s.payload.case for s in record.facts.of(Redirected) if isinstance(s.payload, Redirected) and not s.void)
    kinds = {case.kind for case in sent if case.opening == opening and case.asked != office}
    if any(asked_no_more(record, CaseRef(opening, office, kind)) for kind in kinds):
        return True
    return astray(record.facts, opening, office) and not any(state.recognised for state in asked)


def answered_in_error(record: Record, state: CaseState) -> bool:
    """Whether the office asked has spoken, and the question came to it only by what stands no more."""
    spoke = state.status in _SPOKEN and sent_on(record, state.ref)
    return spoke and astray(record.facts, state.ref.opening, state.ref.asked)


def unless_astray(state: CaseState, facts: Facts, keeper: str | None) -> CaseState:
    """An answer of whom the question came to by an error recognises nobody, also before it is withdrawn."""
    if not state.recognised or state.ref.asked == keeper or not astray(facts, state.ref.opening, state.ref.asked):
        return state
    return msgspec.structs.replace(state, recognised=False)


def astray(facts: Facts, opening: Ref, office: str) -> bool:
    """Whether a redirect once named the office, and none in force does by which the question came to it: of several
    one rests on the other.
    """
    said = facts.of(Redirected)
    about = [s for s in said if isinstance(s.payload, Redirected) and s.payload.case.opening == opening]
    ever = {to for s in about for to in named_ever(s, facts)}
    if office not in ever:
        return False
    sent = [(s.payload.case.asked, s.payload.to) for s in about if isinstance(s.payload, Redirected) and not s.void]
    first = facts.get(opening)
    reached = {by for by, _ in sent if by not in ever} | (named_offices(first.payload) if first is not None else set())
    while more := {to for by, to in sent if by in reached and to not in reached}:
        reached |= more
    return office not in reached
