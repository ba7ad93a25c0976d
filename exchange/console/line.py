"""One line of the inbox as a page: what an act told or asked, of all, and what the office holds of the first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from exchange.access.caller import Caller
from exchange.console.ledger import sub, title
from exchange.console.rows import Row, asking, may_answer, row_of
from exchange.console.sheet_rows import sheet_rows
from exchange.console.words import Words
from exchange.protocol.refusals import UnknownPerson
from exchange.queries.history import history
from exchange.queries.inbox import Entry
from exchange.queries.lines import line_at
from exchange.queries.questions import questions
from exchange.queries.record import record

if TYPE_CHECKING:
    from exchange.node import Node


@dataclass(frozen=True, slots=True)
class Happened:
    """What the act says of the person whom the line names first."""

    day: str
    what: str
    sub: str


@dataclass(frozen=True, slots=True)
class LineView:
    """`holds`: the office's record of whoever the notice is about that was opened, whose name is `name`."""

    row: Row
    name: str
    answers: bool
    happened: tuple[Happened, ...]
    holds: tuple[tuple[str, str], ...]


def line_view(node: Node, words: Words, caller: Caller, position: int) -> LineView:
    """Raises Forbidden, NoSuchNotice."""
    line = line_at(node, caller, position)
    row = row_of(words, line, questions(node, caller, asking(line.members)), caller)
    try:
        happened, holds = _behind(node, words, caller, line.lead)
    except UnknownPerson:  # what was told was taken back since, and the person with it
        happened, holds = (), ()
    return LineView(row, line.lead.name or words.say("inbox.nameless"), may_answer(caller), happened, holds)


def _behind(
    node: Node, words: Words, caller: Caller, lead: Entry
) -> tuple[tuple[Happened, ...], tuple[tuple[str, str], ...]]:
    """What the act told of this person, and what the office holds. Nothing of whom it cannot read."""
    if lead.unreadable:
        return (), ()
    told = [entry for entry in history(node, caller, "case", lead.person) if entry.ref in set(lead.events)]
    happened = (
        Happened(
            words.day(entry.effective_on),
            title(words, entry.type, entry.content, automatic=False),
            sub(words, entry.type, entry.content, {}),
        )
        for entry in told
    )
    holds = sheet_rows(words, msgspec.to_builtins(record(node, caller, "case", lead.person)))
    return tuple(happened), tuple(holds)
