"""The use cases of a node, as the API asks for them: their values become rows of plain data here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

from events.errors import ExchangeError
from exchange.access.caller import Caller
from exchange.commands import days
from exchange.commands.acknowledge import acknowledge
from exchange.commands.act import Item, Result
from exchange.commands.answer_line import Answer, LineAnswered, Rest, answer_line
from exchange.commands.asked import Outcome
from exchange.commands.confirm_equal import confirm_equal
from exchange.commands.jurisdiction import record_office
from exchange.commands.record import record
from exchange.commands.reply import reply
from exchange.commands.send_again import send_again
from exchange.commands.wellformed import wellformed
from exchange.http.findings import checked, ledger, moment
from exchange.http.use_cases import Row, Slice
from exchange.protocol.offices import Offices
from exchange.queries.case import case
from exchange.queries.cases import cases
from exchange.queries.checks import between, checks, last_report
from exchange.queries.days import dated, row_shown
from exchange.queries.duplicates import duplicates
from exchange.queries.feed import Told, feed
from exchange.queries.find_person import find_person
from exchange.queries.history import Entry, history
from exchange.queries.inbox import Entry as Notice
from exchange.queries.inbox import inbox
from exchange.queries.letters import letter_of, letters_of
from exchange.queries.lines import Line, lines
from exchange.queries.prefill import prefill
from exchange.queries.record import record as sheet
from exchange.queries.status import status
from exchange.tables.cases import Which as WhichCases
from exchange.tables.inbox import Which

if TYPE_CHECKING:
    from exchange.node import Node

MOST_PAGES = 20  # looked through for one page of a search
_STATES: dict[str | None, dict[str, Any]] = {
    None: {},
    "new": {"acknowledged": False},
    "open": {"settled": False},
    "overdue": {"expects_reply": True, "settled": False},
    "answered": {"expects_reply": True, "settled": True},
}


_OF_MEMBER = (
    "position",
    "person",
    "name",
    "unreadable",
    "kind",
    "state",
    "case",
    "due_on",
    "due_provisional",
    "outcome",
)


class NodeUseCases:
    """A node behind the API. `forwarding`: whether its worker does its work, where one runs beside the API."""

    def __init__(self, node: Node, forwarding: Callable[[], bool] = lambda: True) -> None:
        self._node = node
        self._forwarding = forwarding

    def record(self, caller: Caller, items: Sequence[Item], *, all_or_nothing: bool) -> Sequence[Result]:
        return record(self._node, caller, items, all_or_nothing=all_or_nothing)

    def judge(self, type_: str, day: str | None, content: Row) -> None:
        today = days.today(self._node.clock())
        wellformed(type_, today.isoformat() if day is None else day, content, today)

    def reply(self, caller: Caller, case: str, item: Item) -> Result:
        return reply(self._node, caller, item)

    def confirm_equal(self, caller: Caller, cases: Sequence[str], act: str | None) -> Sequence[Outcome]:
        return confirm_equal(self._node, caller, cases, act)

    def answer_line(
        self,
        caller: Caller,
        position: int,
        answers: Sequence[Answer],
        rest: Rest,
        day: str | None,
        act: str | None,
        only: Collection[str] | None = None,
    ) -> LineAnswered:
        return answer_line(self._node, caller, position, answers, rest, only=only, day=day, act=act)

    def record_office(self, caller: Caller, office: str, type_: str, day: str, content: Row, id_: str | None) -> Result:
        return record_office(self._node, caller, office, type_, day, content, id_)

    def offices(self) -> Offices:
        return self._node.offices

    def acknowledge(self, caller: Caller, position: int) -> Row:
        [kept] = acknowledge(self._node, caller, [position])
        return {"position": kept.position, "acknowledged_at": moment(kept.at), "acknowledged_by": kept.by}

    def send_again(self, caller: Caller, position: int) -> Row:
        sent: Row = msgspec.to_builtins(send_again(self._node, caller, position))
        return {"position": position, "event": sent["notification"], "to": sent["by"], "rejection": sent["ref"]}

    def find(self, caller: Caller, purpose: str, kind: str, number: str) -> Sequence[Row]:
        return [msgspec.structs.asdict(each) for each in find_person(self._node, caller, purpose, kind, number)]

    def prefill(self, caller: Caller, document: Row) -> Row:
        found: Row = msgspec.to_builtins(prefill(self._node, caller, **document))
        return found

    def sheet(
        self,
        caller: Caller,
        purpose: str,
        person: str,
        office: str | None,
        *,
        as_of: str | None,
        known_at: datetime | None,
    ) -> tuple[Row, str]:
        found = sheet(self._node, caller, purpose, person, office, as_of=as_of, known_at=known_at)
        found["cases"] = [dated(self._node, each) for each in found.get("cases", ())]
        return found, found.pop("etag")

    def history(self, caller: Caller, purpose: str, person: str, office: str | None, start: int, limit: int) -> Slice:
        entries = history(self._node, caller, purpose, person, office)
        shown = [_known(entry) for entry in entries[start : start + limit]]
        return Slice(shown, str(start + limit) if len(entries) > start + limit else None)

    def inbox(self, caller: Caller, purpose: str, filters: Row, cursor: str | None, limit: int) -> Slice:
        state = filters.get("state")
        chosen = {name: filters.get(name) for name in ("kind", "person", "act")}
        which = Which(**chosen, **_STATES[state])
        wanted = _searched(filters.get("search"), late=state == "overdue")
        rows: list[Row] = []
        for _ in range(MOST_PAGES):
            if filters.get("apart"):
                notices = inbox(self._node, caller, which, cursor, limit, purpose=purpose)
                rows, cursor = [_notice(each) for each in notices.rows if wanted is None or wanted(each)], notices.next
            else:
                page = lines(self._node, caller, which, cursor, limit, purpose=purpose, wanted=wanted)
                rows, cursor = [_in_one(each) for each in page.rows], page.next
            if rows or cursor is None:
                break
        return Slice(rows, cursor)

    def letters(self, caller: Caller, purpose: str, cursor: str | None, limit: int) -> Slice:
        page = letters_of(self._node, caller, purpose, cursor, limit)
        return Slice([msgspec.to_builtins(each) for each in page.rows], page.next)

    def letter(self, caller: Caller, purpose: str, case: str) -> bytes:
        from exchange.letters.pdf import pdf  # noqa: PLC0415 (its libraries take half a second, and few letters are written)

        return pdf([letter_of(self._node, caller, purpose, case)])

    def duplicates(self, caller: Caller, purpose: str, person: str | None, cursor: str | None, limit: int) -> Slice:
        page = duplicates(self._node, caller, purpose, person, cursor, limit)
        return Slice(page.rows, page.next)

    def cases(self, caller: Caller, filters: Row, cursor: str | None, limit: int) -> Slice:
        page = cases(self._node, caller, WhichCases(**filters), cursor, limit)
        return Slice([dated(self._node, row_shown(self._node, row)) for row in page.rows], page.next)

    def case(self, caller: Caller, purpose: str, case_id: str) -> Row:
        return dated(self._node, case(self._node, caller, case_id, purpose))

    def feed(self, caller: Caller, purpose: str, after: int, limit: int) -> Slice:
        told = feed(self._node, caller, purpose, after, limit)
        return Slice([_cloud_event(each) for each in told], str(told[-1].position) if told else None)

    def status(self) -> Row:
        plain = msgspec.structs.asdict(status(self._node))
        return {**plain, "at": moment(plain["at"])}

    def checks(self, caller: Caller) -> Row:
        return checked(checks(self._node, caller))

    def last_report(self, caller: Caller) -> Row:
        found = last_report(self._node, caller)
        return {**checked(found.checked), "equal": found.equal, "left_out": found.left_out, **ledger(found.ledger)}

    def checks_between(self, caller: Caller, one: str | None, other: str | None) -> Row:
        found = between(self._node, caller, one, other)
        return {**checked(found.checked), "at": moment(found.at), "equal": found.equal, **ledger(found)}

    def ready(self) -> bool:
        try:
            with self._node.look() as session:
                session.pending()
        except ExchangeError:
            return False
        return self._forwarding()


def _searched(search: str | None, *, late: bool) -> Callable[[Notice], bool] | None:
    """Names are sealed, so no table can be asked for them: what was opened for the page is looked through."""
    sought = (search or "").casefold()
    if not sought and not late:
        return None

    def wanted(entry: Notice) -> bool:
        return (entry.overdue or not late) and (
            not sought or sought in (entry.name or "").casefold() or entry.teller.startswith(sought)
        )

    return wanted


def _notice(entry: Notice) -> Row:
    plain: dict[str, Any] = msgspec.to_builtins(entry)
    acknowledged, overdue = plain.pop("acknowledged"), plain.pop("overdue")
    state = "new" if acknowledged is None else "read"
    if entry.kind == "rejected" or entry.expects_reply:
        state = "answered" if entry.outcome is not None else "overdue" if overdue else "open"
    return {**plain, "state": state, "acknowledged_at": acknowledged, "together": None}


def _in_one(line: Line) -> Row:
    """What stands for the line, and where it is about several persons, all of them."""
    lead = _notice(line.lead)
    if line.persons == 1:
        return lead
    members = [{name: row[name] for name in _OF_MEMBER} for row in map(_notice, line.members)]
    counts = {"persons": line.persons, "asked": line.asked, "open": line.open, "state": line.answered}
    return {**lead, "together": {**counts, "members": members}}


def _known(entry: Entry) -> Row:
    plain: dict[str, Any] = msgspec.to_builtins(entry)
    author, identifier = plain.pop("ref")
    return {**plain, "author": author, "id": identifier, "with": plain.pop("content")}


def _cloud_event(told: Told) -> Row:
    plain: dict[str, Any] = msgspec.to_builtins(told)
    data = {name: plain[name] for name in plain if name not in {"position", "at", "person", "type", "id", "content"}}
    return {
        "specversion": "1.0",
        "id": f"{told.author}/{told.id}/{told.position}",
        "source": f"/offices/{told.teller}",
        "type": told.type,
        "subject": told.person,
        "time": moment(told.at),
        "datacontenttype": "application/json",
        "sequence": str(told.position),
        "data": {"id": told.id, **data, "with": told.content},
    }
