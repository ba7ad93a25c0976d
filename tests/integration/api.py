"""The API over use cases that remember what they were asked: what the web layer does by itself."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask

from events.errors import Conflict, ExchangeError, StaleVersion
from exchange.access.caller import Caller
from exchange.access.keys import Keys
from exchange.commands.act import ActRefused, Item, Result, Status
from exchange.commands.answer_line import Answer, LineAnswered
from exchange.commands.asked import Outcome
from exchange.http.app import application
from exchange.http.use_cases import Row, Slice
from exchange.http.v1 import examples
from exchange.protocol.offices import Offices
from exchange.protocol.refusals import UnknownPerson
from exchange.stores import store_at
from exchange.unit_of_work import UnitOfWork

TOWN, OTHER, COUNTY = examples.TOWN, examples.HOME, "330106000000"


@dataclass
class Remembering:
    """Use cases that keep each question, and answer with what they were given."""

    asked: list[tuple[str, Caller, tuple[Any, ...]]] = field(default_factory=list)
    seen: dict[str, Item] = field(default_factory=dict)
    refuse: dict[str, ExchangeError] = field(default_factory=dict)  # by type of event
    rows: list[dict[str, Any]] = field(default_factory=list)
    fault: Exception | None = None
    well: bool = True

    def record(self, caller: Caller, items: Sequence[Item], *, all_or_nothing: bool) -> Sequence[Result]:
        self._ask("record", caller, tuple(items), all_or_nothing)
        results = [self._result(item) for item in items]
        if all_or_nothing and any(each.error for each in results):
            shared = ActRefused()
            results = [
                each if each.error else Result(id=each.id, person=None, status="refused", error=shared)
                for each in results
            ]
        return results

    def judge(self, type_: str, day: str | None, content: Row) -> None:
        return  # what an event means is judged by the node

    def reply(self, caller: Caller, case: str, item: Item) -> Result:
        self._ask("reply", caller, case, item)
        return self._result(item)

    def confirm_equal(self, caller: Caller, cases: Sequence[str], act: str | None) -> Sequence[Outcome]:
        self._ask("confirm_equal", caller, list(cases), act)
        return [Outcome(case=case, became="differs", fields=("born_on",)) for case in cases]

    def answer_line(
        self,
        caller: Caller,
        position: int,
        answers: Sequence[Answer],
        rest: str,
        day: str | None,
        act: str | None,
        only: Collection[str] | None = None,
    ) -> LineAnswered:
        self._ask("answer_line", caller, position, list(answers), rest, day, act, *([] if only is None else [only]))
        return LineAnswered(examples.REPLY, tuple(Outcome(case=each.case, became="answered") for each in answers))

    def record_office(self, caller: Caller, *told: Any) -> Result:
        self._ask("record_office", caller, *told)
        return Result(id=examples.EVENT, person=None, status="recorded", version=1, stamp=7)

    def offices(self) -> Offices:
        return Offices()

    def acknowledge(self, caller: Caller, position: int) -> Row:
        self._ask("acknowledge", caller, position)
        return {"position": position, "acknowledged_at": "2026-03-03T01:20:00Z", "acknowledged_by": caller.actor}

    def send_again(self, caller: Caller, position: int) -> Row:
        self._ask("send_again", caller, position)
        about = [TOWN, examples.EVENT]
        return {"position": position, "event": about, "to": OTHER, "rejection": [OTHER, examples.REPLY]}

    def find(self, caller: Caller, purpose: str, kind: str, number: str) -> Sequence[Row]:
        self._ask("find", caller, purpose, kind, number)
        return self.rows

    def prefill(self, caller: Caller, document: Row) -> Row:
        self._ask("prefill", caller, dict(document))
        return {"held": False, "keeper": None, "registration": None, "stated": {}}

    def sheet(self, caller: Caller, purpose: str, person: str, office: str | None, **times: Any) -> tuple[Row, str]:
        self._ask("sheet", caller, purpose, person, caller.office_read(office), times)
        if person != examples.PERSON:
            raise UnknownPerson(field="person")
        return examples.SHEET, "2-1"

    def history(self, caller: Caller, purpose: str, person: str, office: str | None, start: int, limit: int) -> Slice:
        self._ask("history", caller, purpose, person, caller.office_read(office))
        return self._slice(str(start), limit)

    def inbox(self, caller: Caller, purpose: str, filters: Row, cursor: str | None, limit: int) -> Slice:
        self._ask("inbox", caller, purpose, dict(filters))
        return self._slice(cursor, limit)

    def letters(self, caller: Caller, purpose: str, cursor: str | None, limit: int) -> Slice:
        self._ask("letters", caller, purpose)
        return self._slice(cursor, limit)

    def letter(self, caller: Caller, purpose: str, case: str) -> bytes:
        self._ask("letter", caller, purpose, case)
        return b"%PDF-1.3"

    def duplicates(self, caller: Caller, purpose: str, person: str | None, cursor: str | None, limit: int) -> Slice:
        self._ask("duplicates", caller, purpose, person)
        return self._slice(cursor, limit)

    def cases(self, caller: Caller, filters: Row, cursor: str | None, limit: int) -> Slice:
        self._ask("cases", caller, dict(filters))
        return self._slice(cursor, limit)

    def case(self, caller: Caller, purpose: str, case: str) -> Row:
        self._ask("case", caller, purpose, case)
        return examples.CASE_ROW

    def feed(self, caller: Caller, purpose: str, after: int, limit: int) -> Slice:
        self._ask("feed", caller, purpose, after, limit)
        found = self.rows[after : after + limit]
        return Slice(found, str(after + len(found)) if found else None)

    def status(self) -> Row:
        return {
            "at": "2026-03-02T03:04:05Z",
            "offices": [COUNTY],
            "events": 10,
            "notices": 4,
            "open_cases": 1,
            "lag_events": 0,
        }

    def checks(self, caller: Caller) -> Row:
        return {"equal": True, "pairs": {"equal": 3}, "checks": []}

    def last_report(self, caller: Caller) -> Row:
        self._ask("last_report", caller)
        return {**self.checks(caller), "left_out": 0, "ledger": {"shared": 12}}

    def checks_between(self, caller: Caller, one: str | None, other: str | None) -> Row:
        self._ask("between", caller, one, other)
        return {**self.checks(caller), "ledger": {"shared": 12}}

    def ready(self) -> bool:
        return self.well

    def _ask(self, what: str, caller: Caller, *rest: Any) -> None:
        self.asked.append((what, caller, rest))
        if self.fault is not None:
            raise self.fault

    def _result(self, item: Item) -> Result:
        error = self.refuse.get(item.type)
        before = self.seen.setdefault(item.id, item) if item.id else item
        if error is None and before != item:
            error = Conflict(id=item.id)
        if error is None and item.if_match not in {None, "2-1"}:
            error = StaleVersion(field="if_match")
        if error is not None:
            return Result(id=item.id or "", person=item.person, status="refused", error=error)
        status: Status = "repeated" if before is not item else "recorded"
        return Result(id=item.id or examples.EVENT, person=examples.PERSON, status=status, version=1, stamp=7)

    def _slice(self, cursor: str | None, limit: int) -> Slice:
        start = int(cursor or 0)
        end = start + limit
        return Slice(self.rows[start:end], str(end) if end < len(self.rows) else None)


@dataclass
class Api:
    """One app, with a key for each role."""

    app: Flask
    cases: Remembering
    keys: Keys

    def client(self) -> Any:
        """A client; `Any`, since what it reads from an answer is plain data."""
        return self.app.test_client()

    def bearer(self, *roles: Any, scopes: Sequence[str] = (TOWN,)) -> dict[str, str]:
        _, secret = self.keys.issue("a key of a test", scopes, roles or ("clerk", "confirmer"))
        return {"Authorization": f"Bearer {secret}"}


def api() -> Iterator[Api]:
    """An app over remembering use cases; the keys lie in memory."""
    uow = UnitOfWork(store_at("sqlite://"))
    cases, keys = Remembering(), Keys(uow)
    yield Api(application(cases, keys), cases, keys)
    uow.close()


def rules(problem: Mapping[str, Any]) -> dict[str, str]:
    """The rule that each invalid field breaks."""
    return {each["field"]: each["rule"] for each in problem.get("errors", [])}
