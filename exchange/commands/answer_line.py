"""One line of the inbox answered by one act: what is the same is confirmed, and some members are told otherwise."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from events.catalogue.case import EnquiryOpened
from events.errors import Malformed
from exchange.access import access_log
from exchange.access.caller import Caller
from exchange.books import UNREADABLE
from exchange.clock import day_of
from exchange.commands.acknowledge import NoSuchNotice
from exchange.commands.act import Item
from exchange.commands.asked import CONFIRMED, Asked, Outcome, asked, left, outcome
from exchange.commands.record import record
from exchange.ids import new_id
from exchange.protocol.questions.answering import allowed
from exchange.protocol.questions.enquiry import prepared
from exchange.queries.offer import meant
from exchange.tables import inbox
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

Rest = Literal["equal", "all"]
ANSWERED = "enquiry.answered"


class Answer(msgspec.Struct, frozen=True):
    """What one member's case is told in particular: a type of reply, and its content."""

    case: str
    type: str
    content: dict[str, Any] = {}


class LineAnswered(msgspec.Struct, frozen=True):
    """`submission`: of the replies, which are one act. `outcomes`: of each case of the line."""

    submission: str
    outcomes: tuple[Outcome, ...]


def answer_line(
    node: Node,
    caller: Caller,
    position: int,
    answers: Sequence[Answer] = (),
    rest: Rest = "equal",
    *,
    only: Collection[str] | None = None,
    day: str | None = None,
    act: str | None = None,
) -> LineAnswered:
    """Answer what one act asked about several persons, in one act.

    `answers`: to some in particular. The rest is confirmed where nothing differs, and an enquiry answered with what is
    held; `all`: also where no record can tell, by the caller's word. What differs is left as it was.
    `only`: those of the rest of whom this was said to whoever answers; all others are left, whatever is held by now.
    `act`: an id chosen by the client, under which a repeated request gives the first result.
    Raises Forbidden where the caller may not answer, NoSuchNotice, Malformed where an answer is to no case of the line.
    """
    caller.require("confirmer", "supervisor")
    with node.look(caller) as session:
        line = _cases(session, caller.office, position)
        told = _by_case(answers, line)
        these = asked(node, session, caller.office, line, act)
        reads = these.reads
        today = day or day_of(node.clock()).isoformat()
        submission = act or new_id(node.clock())
        found: dict[str, Outcome] = {}
        items: dict[str, Item] = {}
        for case in line:
            if these.before and case not in these.before:  # it was left then, or joined since
                found[case] = Outcome(case=case, became="not_asked")
                continue
            chosen: tuple[Answer, str | None] | Outcome
            if case in told:
                chosen = told[case], None
            else:
                left_out = only is not None and case not in only
                try:
                    chosen = _left(these, case) if left_out else _otherwise(node, session, these, case, rest, reads)
                except UNREADABLE:  # of whom it is: an operator has to look, and the others are answered
                    chosen = Outcome(case=case, became="unclear")
            if isinstance(chosen, Outcome):
                found[case] = chosen
                continue
            answer, etag = chosen
            item = these.item(case, answer.type, today, answer.content, submission)
            items[case] = msgspec.structs.replace(item, if_match=etag)
    access_log.note(node.uow, caller, "case", reads, node.clock())
    results = record(node, caller, list(items.values())) if items else []
    for (case, item), result in zip(items.items(), results, strict=True):
        found[case] = outcome(case, "answered" if case in told or item.type == ANSWERED else "confirmed", result)
    return LineAnswered(submission, tuple(found[case] for case in line))


def _cases(session: SqlSession, office: str, position: int) -> list[str]:
    """The cases of the line in which a notice stands, those included that are answered."""
    lead = inbox.one(session.sql, office, position)
    if lead is None:
        raise NoSuchNotice(field="position", position=position)
    told = inbox.in_lines(session.sql, [lead], inbox.Which(expects_reply=True))
    return list(dict.fromkeys(row.case for row, asks in told if asks and row.case is not None))


def _by_case(answers: Sequence[Answer], line: Sequence[str]) -> dict[str, Answer]:
    found: dict[str, Answer] = {}
    for number, answer in enumerate(answers):
        if answer.case not in line or answer.case in found:
            rule = "case.twice" if answer.case in found else "line.other_case"
            raise Malformed(field=f"answers.{number}.case", rule=rule, value=answer.case)
        found[answer.case] = answer
    return found


def _left(these: Asked, case: str) -> Outcome:
    row = these.rows[case]
    return left(case, these.held(row) if row is not None else None)


def _otherwise(
    node: Node, session: SqlSession, these: Asked, case: str, rest: Rest, reads: list[tuple[str, Sequence[str]]]
) -> tuple[Answer, str | None] | Outcome:
    """What becomes of a case that is told nothing in particular: a reply and the version it rests on, or nothing yet.

    `reads`: what it tells of a person comes to what is kept in the log of reads.
    """
    if (stored := these.before.get(case)) is not None:
        same = stored.frame.type == ANSWERED  # what it tells was found by the exchange, and not asked to be repeated
        return Outcome(case=case, became="repeated") if same else (Answer(case, CONFIRMED), None)
    row = these.rows[case]
    held = these.held(row) if row is not None else None
    if held is None:
        return left(case, held)
    became = held.comparison.found
    if became == "equal":
        return Answer(case, CONFIRMED), held.etag
    opening = held.record.facts.get(held.state.ref.opening)
    if became == "other_kind" and opening is not None and isinstance(opening.payload, EnquiryOpened):
        found = meant(node, session, these.office, opening.payload, [held.record])
        offer = prepared(opening.payload, found)
        if not offer.facts:
            return Outcome(case=case, became="unclear")
        reads.append((found[0].person, sorted(offer.facts)))
        return Answer(case, ANSWERED, {"held": True, "facts": dict(offer.facts)}), held.etag
    if rest == "all" and became in {"unclear", "other_kind"}:
        today, deferrals = day_of(node.clock()).isoformat(), node.deadlines.periods["deferrals"]
        if CONFIRMED in allowed(held.state.ref, today, these.office, held.record, deferrals):
            return Answer(case, CONFIRMED), held.etag
    return left(case, held)
