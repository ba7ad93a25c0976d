"""Towns that act on one node, with a clock that moves only when a story says so."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from events.documents import resident_number
from exchange.access.caller import Caller
from exchange.commands.act import Item, Result
from exchange.commands.record import record
from exchange.node import Node, Step, no_step
from exchange.pipeline.advance import advance
from exchange.queries import inbox as inboxes
from exchange.queries.record import record as sheet_of
from exchange.queries.status import status
from exchange.settings import settings
from exchange.tables import inbox
from exchange.tables.cases import CaseRow
from exchange.tables.cases import Which as WhichCases
from exchange.tables.cases import some as some_cases

ZHIFANG = "420115001000"
DONGHUAMEN = "110101001000"
WANSHOULU = "110108001000"
BEIJING_AND_HUBEI = ("11", "42")


class Clock:
    """A clock that goes one millisecond a look."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 2, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(milliseconds=1)
        return self.now


def opened(
    folder: Path,
    clock: Callable[[], datetime] | None = None,
    step: Step = no_step,
    database_url: str = "",
    **more: Any,
) -> Node:
    served = settings(data=folder, serves=BEIJING_AND_HUBEI, database_url=database_url, **more)
    node = Node.open(served, clock=clock or Clock(), step=step)
    advance(node)
    return node


def town(code: str) -> dict[str, str]:
    return {"kind": "town", "code": code}


def woman(number: int = 2, **other: Any) -> dict[str, Any]:
    """The particulars of a synthetic person."""
    card = {"number": resident_number("420115", "1988-05-02", number)}
    return {"name": "王小雨", "born_on": "1988-05-02", "sex": "F", "document.resident": card, **other}


def operator(office: str) -> Caller:
    """Whoever runs the exchange in the office's province."""
    return Caller(f"{office[:2]}0000000000", "operator", frozenset({"operator"}))


class Town:
    """One office and its clerk. What it records is forwarded at once, unless a story says otherwise."""

    forwards = True

    def __init__(self, node: Node, code: str) -> None:
        self.node = node
        self.code = code
        self.caller = Caller(code, "clerk", frozenset({"clerk", "confirmer"}))

    def item(self, type_: str, day: str, content: dict[str, Any], person: str | None = None, **more: Any) -> Item:
        return Item(type=type_, day=day, content=content, person=person, **more)

    def tries(self, *items: Item, all_or_nothing: bool = True) -> list[Result]:
        results = record(self.node, self.caller, items, all_or_nothing=all_or_nothing)
        if self.forwards:
            advance(self.node)
        return results

    def records(self, type_: str, day: str, content: dict[str, Any], person: str | None = None, **more: Any) -> Result:
        (result,) = self.tries(self.item(type_, day, content, person, **more))
        if result.error is not None:
            raise result.error
        return result

    def registers(self, who: dict[str, Any], day: str = "2020-01-01", **content: Any) -> Result:
        said = {"basis": "first_record", "registration": town(self.code), "address": "6 Lake Road", **content}
        return self.records("person.registered", day, {"particulars": who, **said})

    def sees_arrive(self, who: dict[str, Any], home: str, day: str = "2026-03-01", **content: Any) -> Result:
        said = {"kind": "main", "registration": town(home), "origin": town(home), "address": "1 Lane", **content}
        return self.records("movement.arrived", day, {"stated": who, **said})

    def answers(self, type_: str, case: str, **content: Any) -> Result:
        return self.records(type_, "2026-03-02", {"case_id": case, **content})

    def inbox(self) -> list[inboxes.Entry]:
        return list(inboxes.inbox(self.node, self.caller, limit=100).rows)

    def notice(self, kind: str) -> inboxes.Entry:
        (found,) = [entry for entry in self.inbox() if entry.kind == kind]
        return found

    def cases(self) -> list[CaseRow]:
        with self.node.uow.look() as session:
            return list(some_cases(session.sql, WhichCases(area=self.code)).rows)

    def sheet(self, person: str) -> dict[str, Any]:
        return sheet_of(self.node, self.caller, "registration", person)


def told(node: Node) -> tuple[object, ...]:
    """What there is of everything, and every notice by office, kind and outcome."""
    now = status(node)
    with node.uow.look() as session:
        rows = inbox.some(session.sql, inbox.Which(), limit=1000).rows
    notices = Counter((row.office, row.kind, row.expects_reply, row.outcome) for row in rows)
    return (now.events, now.pending, now.dirty, now.deliveries, now.notices, now.persons, now.open_cases, notices)
