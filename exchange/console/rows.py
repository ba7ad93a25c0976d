"""The rows of the inbox: whom each is about, what it asks, what comparing says of it, and until when it is answered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exchange.access.caller import Caller
from exchange.console.words import Words
from exchange.jurisdictions import codes
from exchange.protocol.comparing.equal import Compared
from exchange.queries.days import of_case
from exchange.queries.inbox import Entry
from exchange.queries.lines import Line
from exchange.queries.questions import Question
from exchange.tables.cases import CaseRow

if TYPE_CHECKING:
    from exchange.node import Node

CONFIRMED = "case.confirmed"
NAMED = 3
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
class Member:
    """One person of a line. `state`: what of it is to be seen at once. `equal`: nothing differs, and it may be said.

    `confirms`, `disputes`: what else may be said of it. `whole`: whether the case can be shown.
    """

    position: int
    case: str | None
    name: str
    tag: str
    state: str
    equal: bool = False
    open: bool = False
    confirms: bool = False
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


def row_of(words: Words, line: Line, known: Mapping[str, Question], caller: Caller) -> Row:
    """A line, with all whom it is about."""
    lead = line.lead
    members = tuple(_member(words, entry, known, caller) for entry in line.members)
    asked = next((known[e.case] for e in line.members if e.case is not None and e.case in known), None)
    waiting = [entry for entry in line.members if waits(entry)]
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


def to_decide(node: Node, words: Words, row: CaseRow, known: Question | None, _caller: Caller) -> Row:
    member = Member(0, row.id, _name(words, known), words.say(f"status.{row.status}"), "differ", open=True)
    about, by = words.say("inbox.answered_by", office=words.office(row.asked)), of_case(node, row)
    due = _due(words, by["decide_by"], provisional=by["decide_provisional"], late=row.late)
    return _of_case(words, row, known, member, about, due)


def by_letter(node: Node, words: Words, row: CaseRow, known: Question | None, _caller: Caller) -> Row:
    """Whom the exchange does not reach is asked on paper; of an office that closed, whoever is above it."""
    member = Member(0, row.id, _name(words, known), words.say(f"status.{row.status}"), "", open=True)
    return _of_case(words, row, known, member, unreached(node, words, row.asked), "")


def unreached(node: Node, words: Words, asked: str) -> str:
    """Why the office is not asked here, and who may be."""
    if asked in node.offices.closed:
        above = codes.parent(asked)
        if above is None:
            return words.say("inbox.closed_alone", office=words.office(asked))
        return words.say("inbox.closed", office=words.office(asked), above=words.office(above))
    return words.say("inbox.outside", office=words.office(asked))


def late_one(_node: Node, words: Words, row: CaseRow, known: Question | None, caller: Caller) -> Row:
    """What should have been answered first stands first."""
    tag, state = ("", "") if known is None else _tag(words, known)
    equal = known is not None and known.compared == "equal" and _may_confirm(known, caller)
    member = Member(0, row.id, _name(words, known), tag, state, equal=equal, open=True)
    about = words.say("inbox.from", office=words.office(row.asker))
    return _of_case(words, row, known, member, about, _due(words, row.awaited, provisional=False, late=True))


def _of_case(words: Words, row: CaseRow, known: Question | None, member: Member, about: str, due: str) -> Row:
    return Row(
        position=0,
        seal=SEALS.get(row.kind, "state"),
        open=True,
        state="late" if row.late else "differ",
        kind=words.say(f"notice.{row.kind}"),
        asks=words.asks(known.asks) if known is not None else "",
        about=about,
        due=due,
        late=row.late,
        at=words.on(row.opened_at),
        members=(member,),
        persons=1,
    )


def _name(words: Words, known: Question | None) -> str:
    if known is None:  # of whom the case is, does not open
        return words.say("inbox.unreadable")
    return known.name or words.say("inbox.nameless")


def may_answer(caller: Caller) -> bool:
    """Whether the reader may say anything in a case."""
    return not caller.roles.isdisjoint({"confirmer", "supervisor"})


def _may_confirm(known: Question, caller: Caller) -> bool:
    return CONFIRMED in known.allowed and may_answer(caller)


def _tag(words: Words, known: Question) -> tuple[str, str]:
    """What comparing says, and how it is shown."""
    return compared(words, known.compared, known.fields), "differ" if known.compared == "differs" else ""


def _member(words: Words, entry: Entry, known: Mapping[str, Question], caller: Caller) -> Member:
    found = known.get(entry.case or "")
    still = waits(entry)
    equal = still and found is not None and found.compared == "equal" and _may_confirm(found, caller)
    tag, state = "", ""
    if still and found is not None:
        tag, state = _tag(words, found)
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
        open=still,
        confirms=found is not None and CONFIRMED in found.allowed,
        disputes=disputes,
        whole=not entry.unreadable,
    )


def compared(words: Words, found: Compared, fields: Sequence[str]) -> str:
    """What comparing says of a question, in a few words."""
    if found == "differs":
        return words.say("compared.differs", fields=words.fields(list(fields)))
    return words.say(f"compared.{found}")


def waits(entry: Entry) -> bool:
    """Whether the office has still to answer it."""
    return entry.expects_reply and entry.outcome is None


def asking(entries: Iterable[Entry]) -> list[str]:
    """The cases that the office has still to answer, each once."""
    return list(dict.fromkeys(entry.case for entry in entries if waits(entry) and entry.case is not None))


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
