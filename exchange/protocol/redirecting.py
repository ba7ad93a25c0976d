"""Whom only a redirect made somebody ask: what becomes of the question where that stands no more. Pure."""

from __future__ import annotations

from events.catalogue.amendment import Corrected
from events.catalogue.case import Redirected
from events.catalogue.values import CaseRef
from events.envelope import Ref
from exchange.protocol.naming import asked_by, named_ever, named_offices
from exchange.protocol.record import Record


def sent_on(record: Record, case: CaseRef) -> bool:
    """Whether the office was asked because another redirected the question, be that taken back or corrected since."""
    opening = record.facts.get(case.opening)
    if opening is None or case.asked == record.keeper or case.asked in named_offices(opening.payload):
        return False
    said = (s.payload.case for s in record.facts.of(Redirected) if isinstance(s.payload, Redirected))
    return any((each.opening, each.kind) == (case.opening, case.kind) and each.asked != case.asked for each in said)


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
    said = record.facts.of(Redirected)
    about = [s for s in said if isinstance(s.payload, Redirected) and s.payload.case.opening == opening]
    if not about:
        return False
    asked = [state for ref, state in record.cases.items() if (ref.opening, ref.asked) == (opening, office)]
    if any(state.status == "withdrawn" and sent_on(record, state.ref) for state in asked):
        return True
    once = any(office in named_ever(s, record.facts) for s in about)
    now = any(office in named_offices(s.payload) for s in about if not s.void)
    return once and not now and not any(state.recognised for state in asked)
