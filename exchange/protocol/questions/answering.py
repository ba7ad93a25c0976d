"""What may be said inside a case, and by which side (catalogue, rules 7 and 11). Pure.

The second tier of legality: only a local command faces it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from events.catalogue.case import (
    Confirmed,
    Deferred,
    Disputed,
    EnquiryAnswered,
    EnquiryOpened,
    Noted,
    Redirected,
    Reopened,
    Reply,
    RequestOpened,
    Settled,
    Withdrawn,
)
from events.catalogue.fact import Fact
from events.catalogue.values import CaseRef
from events.errors import Illegal
from exchange.protocol.questions.enquiry import entitled
from exchange.protocol.questions.on_paper import came_on_paper
from exchange.protocol.questions.proposing import still_keeps
from exchange.protocol.questions.redirecting import asked_already
from exchange.protocol.record import ASKED, DECIDING, OPEN, CaseState, Record
from exchange.protocol.refusals import (
    AlreadyDeferred,
    AnsweredOtherwise,
    AnswersItself,
    CaseClosed,
    CaseWithdrawn,
    DeferralDay,
    NoSuchCase,
    NotAsked,
    NotEntitled,
    NothingToSettle,
    RedirectedBack,
    StillKeeps,
)

_FAR = "9999-12-31"
_ELSEWHERE = ""
# What to do instead, by how the case was closed.
_CLOSED_OTHERWISE: Mapping[str, str] = {
    "redirected": "case_closed.redirected",
    "not_reachable": "case_closed.not_reachable",
}
_CLOSED: Mapping[str, str] = {
    **_CLOSED_OTHERWISE,
    **dict.fromkeys(("confirmed", "settled", "answered", "matched"), "case_closed.answered"),
}


def check(fact: Reply, day: str, office: str, record: Record, deferrals: int) -> None:
    """Raise the Illegal that the case, as the office's own book tells it, gives reason for; else return."""
    state = record.cases.get(fact.case)
    if state is None or state.hidden:
        if isinstance(fact, Disputed) and _disputes_notice(fact.case, office, record):
            return
        raise NoSuchCase(field="case")
    rule = _on_paper if came_on_paper(fact) else REPLIES[type(fact)]
    rule(state, office)
    if isinstance(fact, Confirmed | EnquiryAnswered):
        _answering(fact, state, record)
    if isinstance(fact, Deferred):
        _deferring(fact, day, state, deferrals)
    elif isinstance(fact, Settled):
        _settling(fact, state)
    elif isinstance(fact, Redirected):
        _redirecting(fact, state, office, record)
    elif isinstance(fact, Disputed) and fact.reason == "not_our_registration" and still_keeps(record, state, office):
        raise StillKeeps(field="reason", rule="still_keeps.reason")


def _redirecting(fact: Redirected, state: CaseState, office: str, record: Record) -> None:
    require_another(fact.to, state, record, "to")
    if still_keeps(record, state, office):
        raise StillKeeps(field="to")


def require_another(to: object, state: CaseState, record: Record, field: str) -> None:
    """Whom a redirect names was not asked the same before. Raises RedirectedBack."""
    if to in asked_already(record, state):
        own = to in {state.ref.asked, state.asker}
        raise RedirectedBack(field=field, rule=None if own else "redirected_back.before")


def _disputes_notice(case: CaseRef, office: str, record: Record) -> bool:
    """Any notification may be disputed, also one that asked nothing (rule 4 of routing)."""
    opening = record.facts.get(case.opening)
    return case.asked == office and opening is not None and opening.author != office


def _open_for(state: CaseState, allowed: frozenset[str]) -> None:
    if state.status == "withdrawn":
        raise _withdrawn(state)
    if state.status not in allowed:
        raise CaseClosed(rule=_CLOSED.get(state.status), status=state.status)


def _withdrawn(state: CaseState) -> CaseWithdrawn:
    """What the asker withdrew by hand either side opens again; what no longer stands opens by itself, or never."""
    return CaseWithdrawn(rule=None if state.automatic else "case_withdrawn.by_hand", status=state.status)


def _by_asked(state: CaseState, office: str) -> None:
    if state.ref.asked != office:
        raise NotAsked(asked=state.ref.asked)
    _open_for(state, ASKED)


def _on_paper(state: CaseState, office: str) -> None:
    """By the asker alone, for an office outside that has not answered yet."""
    if office != state.asker:
        raise NotAsked(asker=state.asker)
    if state.on_paper or state.status == "withdrawn":
        _open_for(state, frozenset())
    if state.status != "not_reachable":
        raise AnswersItself(asked=state.ref.asked)


def _by_either(state: CaseState, office: str) -> None:
    if office == state.ref.asked:
        _open_for(state, ASKED)
    elif office == state.asker:
        _open_for(state, frozenset({"disputed"}))
    else:
        raise NotAsked(asked=state.ref.asked)


def _by_asker(state: CaseState, office: str) -> None:
    if office != state.asker:
        raise NotAsked(asker=state.asker)
    if state.status == "withdrawn":
        raise _withdrawn(state)
    corrected_in_this_act = bool(state.reopened and state.deviations)
    if state.status not in DECIDING and not corrected_in_this_act:
        raise NothingToSettle(status=state.status)


def _settling(fact: Settled, state: CaseState) -> None:
    """Field by field each deviation is decided, and nothing else; a dispute only as a whole."""
    if fact.whole is not None:
        return
    differing = {deviation.field for deviation in state.deviations}
    if not differing:
        raise NothingToSettle(field="whole", rule="settled.whole")
    for side in ("accepted", "insisted"):
        if not differing.issuperset(getattr(fact, side)):
            raise NothingToSettle(field=side, rule="settled.no_deviation", fields=", ".join(sorted(differing)))
    if left := sorted(differing.difference(fact.accepted, fact.insisted)):
        raise NothingToSettle(field="accepted", rule="settled.undecided", fields=", ".join(left))


def _reopening(state: CaseState, office: str) -> None:
    if office not in {state.asker, state.ref.asked}:
        raise NotAsked(asked=state.ref.asked)
    if state.open or state.status in _CLOSED_OTHERWISE:
        raise CaseClosed(rule=_CLOSED_OTHERWISE.get(state.status, "not_closed"), status=state.status)
    if state.status == "withdrawn" and state.automatic:
        raise _withdrawn(state)


def _withdrawing(state: CaseState, office: str) -> None:
    if office != state.asker:
        raise NotAsked(asker=state.asker)
    _open_for(state, OPEN | {"not_reachable"})  # a letter may be needed no more, whatever becomes of what it is about


def _noting(state: CaseState, office: str) -> None:
    if office not in {state.asker, state.ref.asked}:
        raise NotAsked(asked=state.ref.asked)
    _open_for(state, frozenset(OPEN))


def _deferring(fact: Deferred, day: str, state: CaseState, most: int) -> None:
    if state.deferrals >= most:
        raise AlreadyDeferred(until=state.due_on, most=most)
    if fact.until <= max(day, state.due_on or day):
        raise DeferralDay(field="until", due_on=state.due_on or day)


def _answering(fact: Confirmed | EnquiryAnswered, state: CaseState, record: Record) -> None:
    if isinstance(fact, EnquiryAnswered) != (state.ref.kind == "enquiry"):
        raise AnsweredOtherwise(kind=state.ref.kind)
    opening = record.facts.get(state.ref.opening)
    asked = opening.payload if opening is not None else None
    if isinstance(asked, RequestOpened) and asked.asks != "stay":
        # That it was done is said by doing it; the asker would take the word for the deed.
        raise AnsweredOtherwise(rule="request.by_its_act", kind=state.ref.kind)
    if isinstance(fact, EnquiryAnswered) and isinstance(asked, EnquiryOpened):
        beyond = sorted(fact.facts.keys() - entitled(asked))
        if beyond:
            raise NotEntitled(field=f"facts.{beyond[0]}", purpose=asked.purpose)


REPLIES: Mapping[type[Fact], Callable[[CaseState, str], None]] = {
    Confirmed: _by_asked,
    EnquiryAnswered: _by_asked,
    Disputed: _by_asked,
    Redirected: _by_either,
    Settled: _by_asker,
    Deferred: _by_asked,
    Noted: _noting,
    Reopened: _reopening,
    Withdrawn: _withdrawing,
}


def allowed(case: CaseRef, day: str, office: str, record: Record, deferrals: int) -> tuple[str, ...]:
    """The types of reply that the office could record now: each is tried by the rules above, none is decided twice."""
    passing = [fact.type for fact in _samples(case) if _passes(fact, day, office, record, deferrals)]
    return tuple(dict.fromkeys(passing))


def _passes(fact: Reply, day: str, office: str, record: Record, deferrals: int) -> bool:
    try:
        check(fact, day, office, record, deferrals)
    except Illegal:
        return False
    return True


def _samples(case: CaseRef) -> tuple[Reply, ...]:
    return (
        Confirmed(case=case),
        EnquiryAnswered(case=case),
        Disputed(case=case, reason="other"),
        Confirmed(case=case, received_on=_FAR),
        EnquiryAnswered(case=case, received_on=_FAR),
        Disputed(case=case, reason="other", received_on=_FAR),
        Redirected(case=case, to=_ELSEWHERE),
        Settled(case=case, whole="accepted"),
        Deferred(case=case, until=_FAR, reason="other"),
        Noted(case=case),
        Reopened(case=case, reason="other"),
        Withdrawn(case=case, ground="other"),
    )
