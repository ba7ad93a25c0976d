"""The inbox as a page: a line for each act that waits for the office, what comparing says, and what may be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from exchange.access.caller import Caller
from exchange.console.words import Words
from exchange.protocol.equal import Compared
from exchange.queries import cases, inbox
from exchange.queries.inbox import Entry
from exchange.queries.lines import Line, lines
from exchange.queries.questions import Question, questions
from exchange.tables.cases import CaseRow
from exchange.tables.cases import Which as WhichCases
from exchange.tables.inbox import MOST, Which

if TYPE_CHECKING:
    from exchange.node import Node

CONFIRMED = "case.confirmed"
Tab = Literal["answer", "decide", "read", "all"]
TABS: tuple[Tab, ...] = get_args(Tab)
SHOWN, NAMED = 25, 3
_WHICH: Mapping[Tab, Which] = {
    "answer": Which(expects_reply=True, settled=False),
    "read": Which(expects_reply=False, acknowledged=False),
    "all": Which(),
}
# Kind of notice -> the seal's name.
SEALS: Mapping[str, str] = {
    "reply": "check",
    "registration": "move",
    "inflow": "in",
    "contested": "differ",
    "moved-on": "leave",
    "outflow": "out",
    "enquiry": "ask",
    "request": "ask",
    "retraction": "retract",
    "correction": "amend",
    "matched": "check",
    "withdrawn": "retract",
    "rejected": "retract",
    "overdue": "ask",
    "escalated": "ask",
    "reminder": "ask",
    "left": "leave",
    "update": "amend",
    "family": "same",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """A tab: how many wait in it."""

    name: Tab
    says: str
    count: str


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a line. `state`: what of it is to be seen at once. `equal`: nothing differs, and it may be said.

    `whole`: whether the case can be shown.
    """

    position: int
    case: str | None
    name: str
    tag: str
    state: str
    equal: bool = False
    open: bool = False
    disputes: bool = False
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A line. `acknowledges`: the positions that one button acknowledges."""

    position: int
    seal: str
    open: bool
    state: str
    kind: str
    asks: str
    about: str
    due: str
    late: bool
    at: str
    members: tuple[Member, ...]
    persons: int
    acknowledges: tuple[int, ...] = ()

    @property
    def named(self) -> tuple[Member, ...]:
        """Those who are named where one line must do."""
        return self.members[:NAMED]

    @property
    def equal(self) -> tuple[str, ...]:
        """The cases in which nothing differs."""
        return tuple(member.case for member in self.members if member.equal and member.case is not None)


@dataclass(frozen=True, slots=True)
class Inbox:
    """A page. `equal`: the cases on it in which nothing differs."""

    tab: Tab
    finding: str
    tabs: tuple[Counted, ...]
    rows: tuple[Row, ...]
    answers: bool
    next: str | None

    @property
    def equal(self) -> tuple[str, ...]:
        """The cases on this page in which nothing differs."""
        return tuple(case for row in self.rows for case in row.equal)

    @property
    def acknowledges(self) -> tuple[int, ...]:
        """What of this page is still to be acknowledged, where nothing else is to be done."""
        return tuple(position for row in self.rows for position in row.acknowledges)


def page(node: Node, words: Words, caller: Caller, tab: Tab, cursor: str | None) -> Inbox:
    """One page of the caller's inbox. Raises Forbidden, and Malformed for a wrong cursor."""
    if tab == "decide":
        deciding = cases.cases(node, caller, WhichCases(side="asker", deciding=True), cursor, SHOWN)
        known = questions(node, caller, [row.id for row in deciding.rows])
        rows, following = tuple(_to_decide(words, row, known.get(row.id)) for row in deciding.rows), deciding.next
    else:
        found = lines(node, caller, _WHICH[tab], cursor, SHOWN)
        asking = [e.case for line in found.rows for e in line.members if _waits(e) and e.case is not None]
        known = questions(node, caller, list(dict.fromkeys(asking)))
        rows, following = tuple(row_of(words, line, known, caller) for line in found.rows), found.next
    answers = not caller.roles.isdisjoint({"confirmer", "supervisor"})
    late, counted = _counts(node, words, caller)
    return Inbox(tab, _finding(words, counted, late), counted, rows, answers, following)


def row_of(words: Words, line: Line, known: Mapping[str, Question], caller: Caller) -> Row:
    """A line, with all whom it is about."""
    lead = line.lead
    members = tuple(_member(words, entry, known, caller) for entry in line.members)
    asked = next((known[e.case] for e in line.members if e.case is not None and e.case in known), None)
    waiting = [entry for entry in line.members if _waits(entry)]
    due = min((entry.due_on for entry in waiting if entry.due_on), default=None)
    late = any(entry.overdue for entry in waiting)
    unread = tuple(e.position for e in line.members if e.acknowledged is None and not e.expects_reply)
    return Row(
        position=lead.position,
        seal=SEALS.get(lead.kind, "state"),
        open=bool(line.open),
        state="late" if late else "differ" if lead.kind == "contested" else "",
        kind=words.say(f"notice.{lead.kind}"),
        asks=words.asks(asked.asks) if asked is not None else _told(words, lead),
        about=words.say("inbox.from", office=words.office(lead.teller)) if lead.teller else "",
        due=_due(words, due, provisional=any(e.due_provisional for e in waiting), late=late)
        or (_due(words, lead.acknowledge_by, provisional=lead.acknowledge_provisional, late=False) if unread else ""),
        late=late,
        at=words.on(lead.at),
        members=members,
        persons=line.persons,
        acknowledges=unread,
    )


def _to_decide(words: Words, row: CaseRow, known: Question | None) -> Row:
    name = known.name if known is not None else None
    tag = words.say(f"status.{row.status}")
    member = Member(0, row.id, name or words.say("inbox.nameless"), tag, "differ", open=True)
    return Row(
        position=0,
        seal=SEALS.get(row.kind, "state"),
        open=True,
        state="late" if row.late else "differ",
        kind=words.say(f"notice.{row.kind}"),
        asks=words.asks(known.asks) if known is not None else "",
        about=words.say("inbox.answered_by", office=words.office(row.asked)),
        due=words.say("inbox.late") if row.late else "",
        late=row.late,
        at=words.on(row.opened_at),
        members=(member,),
        persons=1,
    )


def _member(words: Words, entry: Entry, known: Mapping[str, Question], caller: Caller) -> Member:
    found = known.get(entry.case or "")
    waits = _waits(entry)
    may = found is not None and CONFIRMED in found.allowed and not caller.roles.isdisjoint({"confirmer", "supervisor"})
    equal = waits and may and found is not None and found.compared == "equal"
    tag, state = "", ""
    if waits and found is not None:
        tag, state = compared(words, found.compared, found.fields), "differ" if found.compared == "differs" else ""
    elif entry.outcome not in {None, "told"}:
        tag = words.say(f"status.{entry.outcome}")
        state = "differ" if entry.outcome in {"deviations", "disputed"} else ""
    name = entry.name or words.say("inbox.unreadable" if entry.unreadable else "inbox.nameless")
    disputes = found is not None and "case.disputed" in found.allowed
    return Member(
        entry.position,
        entry.case,
        name,
        tag,
        state,
        equal=equal,
        open=waits,
        disputes=disputes,
        whole=not entry.unreadable,
    )


def compared(words: Words, found: Compared, fields: Sequence[str]) -> str:
    """What comparing says of a question, in a few words."""
    if found == "differs":
        return words.say("compared.differs", fields=words.fields(list(fields)))
    return words.say(f"compared.{found}")


def _waits(entry: Entry) -> bool:
    return entry.expects_reply and entry.outcome is None


def _told(words: Words, lead: Entry) -> str:
    said = words.say(f"told.{lead.kind}")
    if lead.reason:
        return words.by(said, words.say(f"reason.{lead.reason}")) if words.has(f"reason.{lead.reason}") else said
    return words.by(said, words.fields(list(lead.fields))) if lead.fields else said


def _due(words: Words, day: str | None, *, provisional: bool, late: bool) -> str:
    if day is None:
        return words.say("inbox.late") if late else ""
    said = words.say("inbox.was_due" if late else "inbox.due", day=words.day(day))
    return words.say("inbox.provisional", due=said) if provisional else said


def _counts(node: Node, words: Words, caller: Caller) -> tuple[int, tuple[Counted, ...]]:
    late = cases.how_many(node, caller, WhichCases(side="asked", status="overdue"))
    counts: dict[Tab, int] = {
        "answer": inbox.how_many(node, caller, _WHICH["answer"]),
        "decide": cases.how_many(node, caller, WhichCases(side="asker", deciding=True)),
        "read": inbox.how_many(node, caller, _WHICH["read"]),
        "all": inbox.how_many(node, caller, _WHICH["all"]),
    }
    return late, tuple(Counted(tab, words.say(f"inbox.tab.{tab}"), up_to(words, counts[tab])) for tab in TABS)


def up_to(words: Words, count: int) -> str:
    """A number that is counted no further than a page needs."""
    return words.number(count) if count <= MOST else f"{words.number(MOST)}+"


def _finding(words: Words, counted: Sequence[Counted], late: int) -> str:
    count = {each.name: each.count for each in counted}
    if count["answer"] == "0":
        return words.say("inbox.finding.none" if count["decide"] == "0" else "inbox.finding.decide", **count)
    return words.say("inbox.finding.late" if late else "inbox.finding.answer", late=up_to(words, late), **count)
