"""Replies: to the other side of the case, to the keeper, and along the thread. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from events.catalogue.case import Escalated, Reminded, Reply
from events.catalogue.values import CaseRef
from events.envelope import Part
from events.standing import Standing
from exchange.protocol.questions.cases import ASKED_BY_AUTHOR
from exchange.protocol.questions.redirecting import asked_no_more, ways_to
from exchange.protocol.questions.replying import says_more
from exchange.protocol.record import CaseState
from exchange.protocol.routing_table import ESCALATED, MATCHED, WITHDRAWN, Cell
from exchange.protocol.telling.author import parts_for_named
from exchange.protocol.telling.due import ALL_PARTS, NO_PARTS, Due, Sight

REPLY = Cell("reply")
REMINDER = Cell("reminder")
OVERDUE = Cell("overdue")


def reply_to_other_side(sight: Sight) -> Iterator[Due]:
    """Each reply to the one who asked, or was asked."""
    for standing, state in _replies(sight):
        if not sight.mine(standing.author):
            continue
        for side in sorted({state.asker, state.ref.asked}):
            if side == state.ref.asked and _never_put(sight, state):
                continue
            # A new keeper asks in the place of the one before it: what was answered by then comes with the move.
            cause = sight.became_keeper(standing) if side == sight.keeper else None
            yield sight.due(standing, side, "reply", _cell(standing, state), parts=ALL_PARTS, trigger=cause)


def _never_put(sight: Sight, state: CaseState) -> bool:
    """Whether the question was taken back before whom it asks was told of it, as where that office was closed, or
    outside, until then: what it answered on paper would open a case for it, about a question that nobody asks.
    """
    opening = sight.record.facts.get(state.ref.opening)
    return opening is not None and opening.void and sight.told.of(opening.ref, state.ref.asked) is None


def _cell(standing: Standing, state: CaseState) -> Cell | None:
    pressing = isinstance(standing.payload, Reminded | Escalated)
    if pressing and standing.ref in state.aside and standing.event.frame.because != state.ref.opening:
        return None  # of an answer on paper: nothing to whoever joined since and is asked itself
    if isinstance(standing.payload, Reminded):
        return OVERDUE if standing.payload.ground == "overdue" else REMINDER
    if isinstance(standing.payload, Escalated):
        return ESCALATED
    if standing.payload.type == "case.withdrawn":
        return WITHDRAWN
    automatic = standing.event.frame.automatic and standing.payload.type == "case.confirmed"
    return MATCHED if automatic and not says_more(standing) else REPLY


def reply_to_keeper(sight: Sight) -> Iterator[Due]:
    """Replies are due to the keeper when another office asked or was asked; so a relayed case closes there too."""
    if sight.keeper is None or sight.is_keeper:
        return
    for standing, state in _replies(sight):
        if state.ref.kind == "enquiry":
            continue  # what one office asks another is between these two
        if sight.mine(standing.author) or sight.mine(state.asker) or sight.mine(state.ref.asked):
            yield sight.due(standing, sight.keeper, "reply_keeper")


def thread_of_case(sight: Sight) -> Iterator[Due]:
    """Who was told a case is told its replies."""
    replies = list(_replies(sight))
    told: dict[CaseRef, set[str]] = {}
    for standing, state in replies:
        if not isinstance(standing.payload, Escalated):  # who is asked to see to a case holds no book of it
            told.setdefault(state.ref, set()).update(sight.told.to(standing.ref))
    for standing, state in replies:
        for to in sorted(told.get(state.ref, ())):
            yield sight.due(standing, to, "case_thread")


def redirected(sight: Sight) -> Iterator[Due]:
    """The office named by a redirect gets the notice as if first, of whoever asks; and, where that is the author, what
    shows it, as of whom the author named itself: else it takes for the one who asks whomever it takes for the keeper.
    """
    for state in sight.record.cases.values():
        opening = sight.record.facts.get(state.ref.opening)
        if state.redirected_to is None or state.status != "redirected" or opening is None or opening.void:
            continue
        if asked_no_more(sight.record, state.ref):
            continue
        if sight.mine(state.asker):
            cell = Cell(state.ref.kind, asks=True)
            told = sight.told.of(opening.ref, state.ref.asked)
            parts = told.parts if told is not None else _as_written(sight, opening, state)
            reply = state.thread[-1] if state.thread else None
            to = state.redirected_to
            yield sight.due(opening, to, "redirected", cell, parts=parts, trigger=reply, apart=True)
            if state.ref.kind not in ASKED_BY_AUTHOR and state.asker == opening.author:
                for sent in ways_to(sight.record.facts, CaseRef(state.ref.opening, to, state.ref.kind)):
                    yield sight.due(sent, to, "redirected", trigger=reply)


def _as_written(sight: Sight, opening: Standing, state: CaseState) -> frozenset[Part]:
    """What an office outside was told by letter, where it was asked first; nothing, where nobody was."""
    return parts_for_named(sight, opening, state.ref.asked) if state.on_paper else NO_PARTS


def _replies(sight: Sight) -> Iterator[tuple[Standing, CaseState]]:
    for standing in sight.of(Reply):
        if isinstance(standing.payload, Reply):
            state = sight.record.cases.get(standing.payload.case)
            if state is not None:
                yield standing, state
