"""Cases: the questions in a book, who asks each, and how it stands (catalogue, rules 7 and 11). Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

import msgspec

from events.catalogue.amendment import Corrected
from events.catalogue.case import Escalated, Reminded, Reopened, Reply, RequestOpened, Withdrawn
from events.catalogue.person import Changed, Registered
from events.catalogue.values import CaseRef
from events.envelope import Ref
from events.standing import Facts, Standing
from exchange.protocol.book import Book, Delivery
from exchange.protocol.life.stays import Movements
from exchange.protocol.naming import asked_by, named_offices
from exchange.protocol.questions.on_paper import out_of_reach_again
from exchange.protocol.questions.one_document import still_one_document
from exchange.protocol.questions.out_of_reach import ended, out_of_reach
from exchange.protocol.questions.pressing import at_rest
from exchange.protocol.questions.redirecting import (
    asked_otherwise,
    ever_put_by_author,
    put_by_author,
    put_by_error,
    unless_astray,
)
from exchange.protocol.questions.replying import fold
from exchange.protocol.questions.stay_requests import answers
from exchange.protocol.questions.two_askers import of_two_askers
from exchange.protocol.record import ASKED, OPEN, CaseState

# Grounds of telling: the document is this person's here; it is another person's, whom the office told keeps; and both
# persons are in the teller's book.
MATCH = "match"
ONE_DOCUMENT = "one_document"
RIVAL_DOCUMENT = "rival_document"
UNSEEN = frozenset({MATCH, ONE_DOCUMENT})  # what the teller itself may not see
# Questions that only the author of the opening event ever puts.
ASKED_BY_AUTHOR = frozenset({"inflow", "registration", "outflow", "request", "enquiry", "update", "family"})
_ASKS_ON = (Reminded, Escalated, Reopened)  # what only goes on asking
ASKED_BY_KEEPER = frozenset({"moved-on", "contested"})  # where the author does not


def cases(
    book: Book,
    facts: Facts,
    movements: Movements,
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
    matched = {a.ref: a.arrival for a in movements.announced if a.arrival is not None}
    answered = answers(facts.values()) if facts.of(RequestOpened) else {}
    found: dict[CaseRef, CaseState] = {}
    read = _Read(book, facts, keeper, matched, answered, rivalled, movements, found)
    for ref in sorted({*opened, *replies}):
        thread = _of_today(ref, sorted(replies.get(ref, []), key=lambda s: (s.stamp, s.ref)))
        state = _case(read, ref, opened.get(ref, []), thread, due.get(ref))
        if state is not None:
            found[ref] = state
    found |= {state.ref: state for state in out_of_reach(book.offices, facts, found)}
    return {ref: ended(state, movements.announced, answered, book.offices.closed) for ref, state in found.items()}


def _of_today(ref: CaseRef, thread: Sequence[Standing]) -> Sequence[Standing]:
    """Without what whoever asked then put again, and was taken over by the office asked: by itself that one puts again
    only what it withdrew.
    """
    own = next((s.stamp for s in thread if s.author == ref.asked and isinstance(s.payload, Withdrawn)), None)

    def of_another(said: Standing) -> bool:
        reopened = isinstance(said.payload, Reopened) and said.author == ref.asked and said.event.frame.automatic
        return reopened and (own is None or said.stamp < own)

    return [said for said in thread if not of_another(said)]


class _Read(NamedTuple):
    """By what all cases of a book are read. `matched`, `answered`: what closes announcements, and requests;
    `movements`: with what contradicts what; `before`: those read already, in the order of events, offices and kinds.
    """

    book: Book
    facts: Facts
    keeper: str | None
    matched: Mapping[Ref, Ref]
    answered: Mapping[Ref, Ref]
    rivalled: bool
    movements: Movements
    before: Mapping[CaseRef, CaseState]


def _case(
    read: _Read, ref: CaseRef, tellers: Sequence[Delivery], thread: Sequence[Standing], due: str | None
) -> CaseState | None:
    """One of them; None where nobody stands behind the question. `due`: the day that was set when it was put."""
    book, facts, keeper = read.book, read.facts, read.keeper
    replace = msgspec.structs.replace
    rivals = [d.teller for d in tellers if d.ground == RIVAL_DOCUMENT]
    # Of two offices that became one the one may have asked the other; what the keeper asked as well, it still asks.
    rival = next((each for each in rivals if each != ref.asked), None)
    asker = rival or _asker(read, ref, thread, tellers)
    if not any(d.teller in {asker, keeper} for d in tellers):
        # Who once took itself for the one who asks, and reminded or put it again, says nothing for whoever does today.
        sides = {asker, ref.asked} if ref.opening in facts else {s.author for s in thread}
        words = [s for s in thread if s.author in sides or not isinstance(s.payload, _ASKS_ON)]
        if all(s.void for s in words):
            if ref.asked not in rivals:
                return None  # put by an office that took itself for the keeper
            asker = ref.asked
        thread = words
    outside = not book.offices.within(ref.asked)

    def folded(by: str, said: Iterable[Standing]) -> CaseState:
        return _derive(fold(ref, by, said, facts, outside=outside), read, outside=outside)

    if rival is not None or (ref.kind == "contested" and any(d.teller == asker for d in tellers)):
        state = of_two_askers(folded, ref, asker, keeper, thread, tellers)
    else:
        state = folded(asker, thread)
    state = out_of_reach_again(state) if outside else unless_astray(state, facts, keeper)
    if state.open and not book.offices.closed.isdisjoint({state.asker, book.office}):  # who closed waits for nothing
        state = replace(state, status="withdrawn", automatic=True)
    if tellers and all(d.ground == ONE_DOCUMENT for d in tellers):
        state = still_one_document(state, facts, rivalled=read.rivalled or ref.asked != book.office)
    if rival is not None and state.asker == rival:
        state = replace(state, rivalled=True)
    if book.offices.successions and _asks_itself(ref, state.asker, keeper, tellers, facts):
        return replace(state, asker=ref.asked, status="withdrawn", automatic=True, hidden=True)
    unseen = not thread and all(d.ground in UNSEEN and d.teller == book.office for d in tellers)
    # A day that was set for the first answer says nothing of the next one.
    due_on = state.due_on or (None if state.open and state.again is not None else due)
    state = at_rest(state)
    if due_on != state.due_on or unseen != state.hidden:
        state = replace(state, due_on=due_on, hidden=unseen)
    return state


def _asks_itself(
    ref: CaseRef, asker: str, keeper: str | None, tellers: Iterable[Delivery], facts: Mapping[Ref, Standing]
) -> bool:
    """Two offices became one, which asks itself nothing, in whosever name the one had asked the other. By the answer
    alone others know of it, to whom it was handed over.
    """
    behind = [d for d in tellers if d.teller in {asker, keeper}]
    if asker == ref.asked or (behind and all(d.teller == ref.asked for d in behind)):
        return True
    return not behind and ref.opening in facts and facts[ref.opening].author == ref.asked


def _asker(read: _Read, ref: CaseRef, thread: Sequence[Standing], tellers: Iterable[Delivery]) -> str:
    """The author where its content puts the question to the office asked, or to whoever sent it on to that one, or that
    office is the keeper, or it is of two first registrations; else the keeper. Where it put it by an error the keeper
    does who puts it for a reason of its own.
    """
    facts, keeper = read.facts, read.keeper
    opening = facts.get(ref.opening)
    if opening is None:
        person = thread[0].event.person if thread else None
        return read.book.offices.successor(ref.opening.author, person)
    if keeper is None or ref.kind in ASKED_BY_AUTHOR or ref.asked == keeper:
        return opening.author
    told = {d.teller for d in tellers}
    entered = isinstance(opening.payload, Registered) and opening.payload.registration is not None
    if _never_put(read, opening, ref, told):
        return opening.author
    if opening.author in told and not (opening.author == ref.asked and keeper in told):
        # By the content as it was put: of two offices that became one the one may be home, and the other left.
        put = ref.kind == "moved-on" and ref.asked in named_offices(opening.payload)
        if put or entered:
            return opening.author
    if put_by_author(opening, facts, ref) and not (keeper in told and asked_otherwise(opening, read.before, ref)):
        return opening.author
    return opening.author if keeper not in told and ever_put_by_author(opening, facts, ref) else keeper


def _never_put(read: _Read, opening: Standing, ref: CaseRef, tellers: Collection[str]) -> bool:
    """Whether the office keeps the person, and met in a reply what by its own book it never asked: then who recorded
    the fact did. Of a place left that the fact does not name, and of a movement that contradicts something that the
    office asked recorded of this person, or did, a keeper of before may have, for whom the keeper of today asks on.
    """
    if read.keeper != read.book.office or read.keeper in tellers:
        return False
    if ref.kind == "contested":
        return isinstance(opening.payload, Changed | Registered) or not _contradicted(read, ref)
    return ref.asked in named_offices(opening.payload)


def _contradicted(read: _Read, ref: CaseRef) -> bool:
    """Whether the fact contradicts, or did, something that the office asked recorded."""
    between = (each.events for each in read.movements.contradictions if ref.opening in each.events)
    return any(read.facts[each].author == ref.asked for events in between for each in events)


def _derive(state: CaseState, read: _Read, *, outside: bool) -> CaseState:
    """What both sides see of the opening event itself closes the case, without a further event."""
    if state.status not in OPEN:
        return state
    facts, replace = read.facts, msgspec.structs.replace
    opening = facts.get(state.ref.opening)
    if opening is None:
        return state
    if opening.void:
        return replace(state, status="withdrawn", automatic=True)
    kind, asked = state.ref.kind, state.ref.asked
    corrected = facts.of(Corrected) and asked not in asked_by(opening.payload, kind)
    if corrected and put_by_error(state, opening, facts, read.keeper):
        return replace(state, status="withdrawn", automatic=True, recognised=False)
    by = read.matched if kind == "outflow" else read.answered if isinstance(opening.payload, RequestOpened) else {}
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
