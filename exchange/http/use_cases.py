"""What the API asks of the application: the one seam between the routes and the use cases."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from exchange.access.caller import Caller
from exchange.commands.act import Item, Result
from exchange.commands.answer_line import Answer, LineAnswered, Rest
from exchange.commands.asked import Outcome
from exchange.protocol.offices import Offices

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Slice:
    """Some rows, and the position from which the next ones follow; None where these were the last."""

    rows: Sequence[Row]
    next: str | None = None


class UseCases(Protocol):
    """The use cases. Every read of a person states its purpose and is kept in the access log."""

    def record(self, caller: Caller, items: Sequence[Item], *, all_or_nothing: bool) -> Sequence[Result]: ...

    def judge(self, type_: str, day: str | None, content: Row) -> None:
        """Judge what an event says by itself. Raises Malformed; nothing is recorded. `day`: None for today."""
        ...

    def reply(self, caller: Caller, case: str, item: Item) -> Result:
        """Today, where the item says no day."""
        ...

    def confirm_equal(self, caller: Caller, cases: Sequence[str], act: str | None) -> Sequence[Outcome]:
        """Confirm those of these cases in which nothing differs."""
        ...

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
        """The line of the inbox in which a notice stands, in one act; of the rest `only` these cases."""
        ...

    def record_office(
        self, caller: Caller, office: str, type_: str, day: str, content: Row, id_: str | None
    ) -> Result: ...

    def offices(self) -> Offices:
        """Who joined, was renamed, succeeded or closed."""
        ...

    def acknowledge(self, caller: Caller, position: int) -> Row: ...

    def send_again(self, caller: Caller, position: int) -> Row:
        """The message whose rejection stands at that position of the office's feed."""
        ...

    def find(self, caller: Caller, purpose: str, kind: str, number: str) -> Sequence[Row]: ...

    def prefill(self, caller: Caller, document: Row) -> Row:
        """What the keeper of a newcomer holds. `document`: its kind and number, the family name, and the consent."""
        ...

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
        """The record, and its ETag. `as_of`: of that day; `known_at`: as it was known at that moment."""
        ...

    def history(
        self, caller: Caller, purpose: str, person: str, office: str | None, start: int, limit: int
    ) -> Slice: ...

    def inbox(self, caller: Caller, purpose: str, filters: Row, cursor: str | None, limit: int) -> Slice: ...

    def letters(self, caller: Caller, purpose: str, cursor: str | None, limit: int) -> Slice: ...

    def letter(self, caller: Caller, purpose: str, case: str) -> bytes:
        """One letter, as PDF."""
        ...

    def duplicates(self, caller: Caller, purpose: str, person: str | None, cursor: str | None, limit: int) -> Slice: ...

    def cases(self, caller: Caller, filters: Row, cursor: str | None, limit: int) -> Slice: ...

    def case(self, caller: Caller, purpose: str, case: str) -> Row: ...

    def feed(self, caller: Caller, purpose: str, after: int, limit: int) -> Slice:
        """Deliveries after that position of the office's feed; `next` is the position of the last row."""
        ...

    def status(self) -> Row: ...

    def checks(self, caller: Caller) -> Row: ...

    def last_report(self, caller: Caller) -> Row: ...

    def checks_between(self, caller: Caller, one: str | None, other: str | None) -> Row: ...

    def ready(self) -> bool:
        """Whether the store can be read and the pipeline runs."""
        ...
