"""The inbox as a page: a line for each act that waits for the office, and how much waits in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from exchange.access.caller import Caller
from exchange.console.rows import Row, asking, by_letter, late_one, may_answer, row_of, to_decide
from exchange.console.words import Words
from exchange.queries import cases, inbox
from exchange.queries.lines import lines
from exchange.queries.questions import questions
from exchange.tables.cases import Which as WhichCases
from exchange.tables.inbox import MOST, Which

if TYPE_CHECKING:
    from exchange.node import Node

Tab = Literal["answer", "late", "decide", "letter", "read", "all"]
TABS: tuple[Tab, ...] = get_args(Tab)
SHOWN = 25
_OF_CASES = {"late": late_one, "decide": to_decide, "letter": by_letter}
_WHICH: Mapping[Tab, Which] = {
    "answer": Which(expects_reply=True, settled=False),
    "read": Which(expects_reply=False, acknowledged=False),
    "all": Which(),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """A tab: how many wait in it."""

    name: Tab
    says: str
    count: str


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
    if (which := _which_cases(caller, tab)) is not None:
        listed = cases.cases(node, caller, which, cursor, SHOWN)
        known = questions(node, caller, [row.id for row in listed.rows])
        rows = tuple(_OF_CASES[tab](node, words, row, known.get(row.id), caller) for row in listed.rows)
        following = listed.next
    else:
        found = lines(node, caller, _WHICH[tab], cursor, SHOWN)
        known = questions(node, caller, asking(entry for line in found.rows for entry in line.members))
        rows, following = tuple(row_of(words, line, known, caller) for line in found.rows), found.next
    counted = _counts(node, words, caller)
    return Inbox(tab, _finding(words, counted), counted, rows, may_answer(caller), following)


def _which_cases(caller: Caller, tab: Tab) -> WhichCases | None:
    """What of the list of cases a tab shows, of the reader's own office alone; None for one that shows lines."""
    if tab == "decide":
        return WhichCases(area=caller.office, side="asker", deciding=True)
    if tab == "letter":
        return WhichCases(area=caller.office, side="asker", status="not_reachable")
    if tab == "late":
        return WhichCases(area=caller.office, side="asked", status="overdue")
    return None


def _counts(node: Node, words: Words, caller: Caller) -> tuple[Counted, ...]:
    counts: dict[Tab, int] = {
        "answer": inbox.how_many(node, caller, _WHICH["answer"]),
        "late": cases.how_many(node, caller, _which_cases(caller, "late")),
        "decide": cases.how_many(node, caller, _which_cases(caller, "decide")),
        "letter": cases.how_many(node, caller, _which_cases(caller, "letter")),
        "read": inbox.how_many(node, caller, _WHICH["read"]),
        "all": inbox.how_many(node, caller, _WHICH["all"]),
    }
    return tuple(Counted(tab, words.say(f"inbox.tab.{tab}"), up_to(words, counts[tab])) for tab in TABS)


def up_to(words: Words, count: int) -> str:
    """A number that is counted no further than a page needs."""
    return words.number(count) if count <= MOST else f"{words.number(MOST)}+"


def _finding(words: Words, counted: Sequence[Counted]) -> str:
    count = {each.name: each.count for each in counted}
    if count["answer"] == "0":
        return words.say("inbox.finding.none" if count["decide"] == "0" else "inbox.finding.decide", **count)
    return words.say("inbox.finding.late" if count["late"] != "0" else "inbox.finding.answer", **count)
