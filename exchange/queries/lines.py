"""The inbox by lines: what one office told by one act, about however many persons, is one line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Literal, NamedTuple

import msgspec

from exchange.access import access_log
from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.commands.acknowledge import NoSuchNotice
from exchange.queries.inbox import SHOWN, Entry, entries_of
from exchange.tables import inbox as table
from exchange.tables.inbox import InboxRow, Which
from exchange.tables.paging import Page

if TYPE_CHECKING:
    from exchange.node import Node

MOST_SHOWN = 50  # of the members of one line
MOST_OPENED = 500  # for one page, which ends early where its lines have very many members
Answered = Literal["open", "partly_answered", "answered"]


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """`lead`: the newest notice that was looked for, which stands for the line. `members`: the first ones, in the order
    in which they were told; where not all are shown, those who still wait before the others. `persons`: all of them; of
    these `asked` ask something, and `open` still wait.
    """

    lead: Entry
    members: tuple[Entry, ...]
    persons: int
    asked: int
    open: int

    @property
    def answered(self) -> Answered | None:
        """How far it is answered; None where nothing is asked."""
        if not self.asked:
            return None
        return "answered" if not self.open else "open" if self.open == self.asked else "partly_answered"


def lines(
    node: Node,
    caller: Caller,
    which: Which,
    cursor: str | None = None,
    limit: int = 25,
    *,
    purpose: str = "case",
    wanted: Callable[[Entry], bool] | None = None,
) -> Page[Line]:
    """A page of the caller's own inbox. `wanted`: what no table can be asked for; lines in which no notice that `which`
    selects is wanted are left out. Raises Forbidden, and Malformed for a wrong cursor.
    """
    require(caller, purpose)
    chosen = msgspec.structs.replace(which, area=caller.office)
    most = MOST_SHOWN if wanted is None else None  # what is looked through is opened whole
    with node.look(caller) as session:
        page = table.lines(session.sql, chosen, cursor, limit)
        groups = list(_affordable(grouped(page.rows, table.in_lines(session.sql, page.rows, chosen)), most))
        rows = {row.position: row for each in groups for row in (each.lead, *_first(each.rows, most))}
        entries = {each.position: each for each in entries_of(node, session, caller.office, list(rows.values()))}
    access_log.note(node.uow, caller, purpose, [(entry.person, SHOWN) for entry in entries.values()], node.clock())
    found = []
    for group in groups:
        selected = [entries[row.position] for row in group.rows if row.position in group.selected & entries.keys()]
        leads = selected if wanted is None else [entry for entry in selected if wanted(entry)]
        if leads:
            members = tuple(entries[row.position] for row in _first(group.rows, MOST_SHOWN))
            found.append(_line(leads[-1], members, group.rows))
    whole = len(groups) == len(page.rows)
    return Page(tuple(found), page.next if whole else table.place(groups[-1].lead))


def line_at(node: Node, caller: Caller, position: int, *, purpose: str = "case") -> Line:
    """The line of the caller's own inbox in which this notice stands. Raises Forbidden, NoSuchNotice."""
    require(caller, purpose)
    with node.look(caller) as session:
        lead = table.one(session.sql, caller.office, position)
        if lead is None:
            raise NoSuchNotice(field="position", position=position)
        rows = [row for row, _ in table.in_lines(session.sql, [lead], Which())]
        entries = entries_of(node, session, caller.office, [lead, *_first(rows, MOST_SHOWN)])
    access_log.note(node.uow, caller, purpose, [(entry.person, SHOWN) for entry in entries], node.clock())
    return _line(entries[0], entries[1:], rows)


def _first(rows: Sequence[InboxRow], most: int | None) -> Sequence[InboxRow]:
    """No more than `most`: who still waits before all others, so that everybody's turn comes."""
    if most is None or len(rows) <= most:
        return rows
    return sorted(rows, key=lambda row: not (row.expects_reply and row.outcome is None))[:most]


class Group(NamedTuple):
    """One line of the table: the newest notice that was looked for, all notices, and which were looked for."""

    lead: InboxRow
    rows: list[InboxRow]
    selected: set[int]


def grouped(leads: Iterable[InboxRow], rows: Iterable[tuple[InboxRow, bool]]) -> list[Group]:
    """The line of each lead."""
    found = {(lead.office, lead.act, lead.teller): Group(lead, [], set()) for lead in leads}
    for row, selected in rows:
        group = found[row.office, row.act, row.teller]
        group.rows.append(row)
        group.selected.update([row.position] if selected else ())
    return list(found.values())


def _affordable(groups: Iterable[Group], most: int | None) -> Iterator[Group]:
    """The first ones, as far as they do not have too many members to be opened; at least one."""
    opened = 0
    for number, group in enumerate(groups):
        opened += len(group.rows[:most])
        if number and opened > MOST_OPENED:
            return
        yield group


def _line(lead: Entry, members: tuple[Entry, ...], rows: Sequence[InboxRow]) -> Line:
    asking = [row for row in rows if row.expects_reply]
    return Line(
        lead=lead,
        members=members,
        persons=len(rows),
        asked=len(asking),
        open=sum(row.outcome is None for row in asking),
    )
