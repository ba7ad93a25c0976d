"""Cases: the questions in a book and the state that their replies leave them in (catalogue, rules 7 and 11). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from events.catalogue.amendment import Corrected
from events.catalogue.case import (
    Confirmed,
    Deferred,
    Disputed,
    EnquiryAnswered,
    Escalated,
    Noted,
    Redirected,
    Reminded,
    Reopened,
    Reply,
    RequestOpened,
    Settled,
    Withdrawn,
)
from events.catalogue.person import Registered
from events.catalogue.values import CaseRef
from events.envelope import Ref
from events.standing import Facts, Standing
from exchange.protocol.asking_anew import answers_wait, asked_anew, moments, reconsidered, waits_since_before
from exchange.protocol.book import Book, Delivery
from exchange.protocol.naming import asked_by, named_offices
from exchange.protocol.on_paper import came_on_paper, out_of_reach_again, speaks_for_asked
from exchange.protocol.one_document import still_one_document
from exchange.protocol.out_of_reach import ended, out_of_reach
from exchange.protocol.pressing import answered, at_rest, pressed
from exchange.protocol.record import ASKED, DECIDING, OPEN, Announcement, CaseState
from exchange.protocol.redirecting import (
    answered_after_all,
    ever_put_by_author,
    put_by_author,
    put_by_error,
    restores_answer,
    unless_astray,
    withdraws_answer,
)
from exchange.protocol.stay_requests import answers
from exchange.protocol.two_askers import folded, of_its_own

# Grounds of telling: the document is this person's here; it is another person's, whom the office told keeps; and both
# persons are in the teller's book.
MATCH = "match"
ONE_DOCUMENT = "one_document"
RIVAL_DOCUMENT = "rival_document"
UNSEEN = frozenset({MATCH, ONE_DOCUMENT})  # what the teller itself may not see
# Questions that only the author of the opening event ever puts.
ASKED_BY_AUTHOR = frozenset({"inflow", "registration", "outflow", "request", "enquiry", "update", "family"})
ASKED_BY_KEEPER = frozenset({"moved-on", "contested"})  # where the author does not
# Answers after which further parts come, which may differ as well.
MORE_MAY_DIFFER = frozenset({"confirmed", "matched", "deviations"})


def cases(
    book: Book,
    facts: Facts,
    announcements: Sequence[Announcement],
    keeper: str | None,
    *,
    rivalled: bool = False,
) -> dict[CaseRef, CaseState]:
    """Every case that the book knows: asked of the office, asked by it, or met in a reply.

    `rivalled`: whether the book holds another person with a document of this one.
    """
    opened: dict[CaseRef, list[Delivery]] = {}
    due: dict[CaseRef, str] = {}
    for delivery in (*book.received.values(), *book.told.values()):
        if not delivery.asked or delivery.ref not in facts:
            continue
        for case, day in delivery.cases():
            opened.setdefault(case, []).append(delivery)
            if day is not None:
                due[case] = min(day, due.get(case, day))
    replies: dict[CaseRef, list[Standing]] = {}
    for standing in facts.of(Reply):
        if isinstance(standing.payload, Reply):
            replies.setdefault(standing.payload.case, []).append(standing)
    matched = {a.ref: a.arrival for a in announcements if a.arrival is not None}
    answered = answers(facts.values()) if facts.of(RequestOpened) else {}
    found: dict[CaseRef, CaseState] = {}
    for ref in sorted({*opened, *replies}):
        tellers = opened.get(ref, [])
        thread = sorted(replies.get(ref, []), key=lambda s: (s.stamp, s.ref))
        rivals = [d.teller for d in tellers if d.ground == RIVAL_DOCUMENT]
        # Of two offices that became one the one may have asked the other; what the keeper asked as well, it still asks.
        rival = next((each for each in rivals if each != ref.asked), None)
        asker = rival or _asker(book, ref, facts, keeper, thread, tellers)
        if all(s.void for s in thread) and not any(d.teller in {asker, keeper} for d in tellers):
            if ref.asked not in rivals:
                continue  # put by an office that took itself for the keeper: nobody stands behind the question
            asker = ref.asked
        outside = not tellers and not book.offices.within(ref.asked)  # and was never told of it

        def fold(by: str, said: Iterable[Standing], ref: CaseRef = ref, *, outside: bool = outside) -> CaseState:
            state = _fold(ref, by, said, facts, outside=outside)
            return _derive(state, facts, matched, answered, keeper, outside=outside)

        if rival is not None:
            state = folded(fold, ref, asker, keeper, thread, tellers)
        else:
            state = fold(asker, of_its_own(asker, facts.get(ref.opening), ref, thread, tellers))
        asker = state.asker
        state = out_of_reach_again(state) if outside else unless_astray(state, facts, keeper)
        if tellers and all(d.ground == ONE_DOCUMENT for d in tellers):
            state = still_one_document(state, facts, rivalled=rivalled or ref.asked != book.office)
        if book.offices.successions and _asks_itself(ref, asker, keeper, tellers, facts):
            found[ref] = msgspec.structs.replace(
                state, asker=ref.asked, status="withdrawn", automatic=True, hidden=True
            )
            continue
        unseen = bool(tellers) and all(d.ground in UNSEEN and d.teller == book.office for d in tellers)
        # A day that was set for the first answer says nothing of the next one.
        due_on = state.due_on or (None if state.open and state.again is not None else due.get(ref))
        state, hidden = at_rest(state), unseen and not thread
        if due_on != state.due_on or hidden != state.hidden:
            state = msgspec.structs.replace(state, due_on=due_on, hidden=hidden)
        found[ref] = state
    beyond = out_of_reach(book.offices, facts, found)
    return found | {state.ref: ended(state, announcements, answered) for state in beyond}


def _asks_itself(
    ref: CaseRef, asker: str, keeper: str | None, tellers: Iterable[Delivery], facts: Mapping[Ref, Standing]
) -> bool:
    """Two offices became one, which asks itself nothing, in whosever name the one had asked the other. By the answer
    alone others know of it, to whom it was handed over.
    """
    if ref.opening in facts and facts[ref.opening].author == ref.asked and all(d.teller == ref.asked for d in tellers):
        return True
    behind = [d for d in tellers if d.teller in {asker, keeper}]
    return asker == ref.asked or (bool(behind) and all(d.teller == ref.asked for d in behind))


def _asker(
    book: Book,
    ref: CaseRef,
    facts: Facts,
    keeper: str | None,
    thread: Sequence[Standing],
    tellers: Iterable[Delivery],
) -> str:
    """The author where its content puts the question to the office asked, or to whoever sent it on to that one, or that
    office is the keeper, or it is of two first registrations; else the keeper. Where it put it by an error the keeper
    does who puts it for a reason of its own.
    """
    opening = facts.get(ref.opening)
    if opening is None:
        person = thread[0].event.person if thread else None
        return book.offices.successor(ref.opening.author, person)
    if keeper is None or ref.kind in ASKED_BY_AUTHOR or ref.asked == keeper:
        return opening.author
    told = {d.teller for d in tellers}
    if opening.author in told and not (opening.author == ref.asked and keeper in told):
        # By the content as it was put: of two offices that became one the one may be home, and the other left.
        put = ref.kind == "moved-on" and ref.asked in named_offices(opening.payload)
        if put or (isinstance(opening.payload, Registered) and opening.payload.registration is not None):
            return opening.author
    if put_by_author(opening, facts, ref):
        return opening.author
    return opening.author if keeper not in told and ever_put_by_author(opening, facts, ref) else keeper


def _fold(
    ref: CaseRef, asker: str, thread: Iterable[Standing], facts: Mapping[Ref, Standing], *, outside: bool
) -> CaseState:
    """The replies by their stamps, with the corrections of the opening event among them."""
    state = CaseState(ref=ref, asker=asker, status="open")
    withdrawn: CaseState | None = None  # as it was before a withdrawal that may be taken back together with the answer
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
        withdrawn = state if withdraws_answer(reply) and state.status != "withdrawn" else withdrawn
        after = _take(state, reply, by_asked=speaks_for_asked(state, reply, outside=outside))
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


def deviates(reply: Standing) -> bool:
    """Whether it is a confirmation that tells what differs."""
    return isinstance(reply.payload, Confirmed) and bool(reply.payload.deviations)


def says_more(reply: Standing) -> bool:
    """Deviations that the exchange itself found, in parts that came after the answer."""
    return reply.event.frame.automatic and deviates(reply)


def _derive(
    state: CaseState,
    facts: Facts,
    matched: Mapping[Ref, Ref],
    answered: Mapping[Ref, Ref],
    keeper: str | None,
    *,
    outside: bool,
) -> CaseState:
    """What both sides see of the opening event itself closes the case, without a further event."""
    if state.status not in OPEN:
        return state
    replace = msgspec.structs.replace
    opening = facts.get(state.ref.opening)
    if opening is None:
        return state
    if opening.void:
        return replace(state, status="withdrawn", automatic=True)
    kind, asked = state.ref.kind, state.ref.asked
    corrected = facts.of(Corrected) and asked not in asked_by(opening.payload, kind)
    if corrected and asked in put_by_error(state, opening, facts, keeper):
        return replace(state, status="withdrawn", automatic=True, recognised=False)
    by = matched if kind == "outflow" else answered if isinstance(opening.payload, RequestOpened) else {}
    closing = facts.get(by[opening.ref]) if opening.ref in by else None
    if closing is None or closing.stamp < _reopened_by_hand(state, facts):
        return state
    if kind == "outflow":
        return replace(state, status="matched", automatic=True) if state.status in ASKED else state
    if closing.author != asked:  # the asker withdraws what it has no more to ask; nobody outside is told so
        return replace(state, status="withdrawn", automatic=True) if outside else state
    return replace(state, status="answered")


def _reopened_by_hand(state: CaseState, facts: Mapping[Ref, Standing]) -> int:
    """The stamp of the doubt that holds against what would close the case by itself; 0 where there is none."""
    thread = (facts[ref] for ref in state.thread)
    return max((s.stamp for s in thread if isinstance(s.payload, Reopened) and not s.event.frame.automatic), default=0)
