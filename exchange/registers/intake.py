"""Takes a register in as an opening balance: good rows are recorded in batches, the others come back with reasons.

The id of a row's event is derived from the office and from what names the row in its register, under a key of the
node, so that a second run finds what the first one recorded, and an id tells nobody whose number it came from.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from events.envelope import Ref
from events.errors import Conflict, ExchangeError, Malformed, Several
from exchange.access.caller import Caller
from exchange.books import UNREADABLE
from exchange.commands import days
from exchange.commands.act import Item
from exchange.commands.record import record
from exchange.commands.wellformed import wellformed
from exchange.ids import derived_id
from exchange.queries.find_person import find_person
from exchange.queries.record import record as record_of
from exchange.registers.columns import REASON, ROW
from exchange.registers.comparing import differing
from exchange.registers.entry import Entry, entry
from exchange.registers.reading import Row, Table
from exchange.registers.reasons import Reasons
from exchange.registers.seen import Seen
from exchange.registers.writing import Write
from exchange.translations import DEFAULT, language_of

if TYPE_CHECKING:
    from exchange.node import Node

BATCH = 500
PURPOSE = "registration"


class Differs(ExchangeError):
    """The office holds the person already, and its record says something else than the row."""

    code = "register_differs"
    status = 409


class Tally(msgspec.Struct, kw_only=True):
    """What became of the rows. `reasons`: how often each rule refused a row; a row may break several."""

    rows: int = 0
    recorded: int = 0
    unchanged: int = 0
    differing: int = 0
    refused: int = 0
    reasons: dict[str, int] = {}


class Intake:
    """One run over one register. `write`: takes each row that was not recorded, with its number and reason in front."""

    def __init__(
        self, node: Node, caller: Caller, write: Write, *, as_of: date, ask: bool = False, only_check: bool = False
    ) -> None:
        self.tally = Tally()
        self._node = node
        self._caller = caller
        self._write = write
        self._as_of = as_of.isoformat()
        self._ask = ask
        self._only_check = only_check
        self._seen = Seen()
        self._language = language_of(caller.language) or DEFAULT
        self._reasons = Reasons(self._language, {})
        self._added: frozenset[int] = frozenset()  # columns that an earlier file of refused rows had in front
        self._waiting: list[tuple[Row, Entry | None, ExchangeError | None]] = []

    def take(self, table: Table, progress: Callable[[int], object]) -> Tally:
        """Every row of the table. `progress` hears how many rows are done."""
        self._added = frozenset(at for at, column in enumerate(table.columns) if column in {ROW, REASON})
        named = zip(table.columns, table.headings, strict=True)
        self._reasons = Reasons(self._language, {column.field: told.strip() for column, told in named if column})
        added = [column.heading(self._language) for column in (ROW, REASON)]
        self._write([*added, *self._own(table.headings)])
        try:
            for row in table:
                self._waiting.append((row, *self._checked(row)))
                if len(self._waiting) == BATCH:
                    self._settle()
                    progress(self.tally.rows)
            self._settle()
            progress(self.tally.rows)
        finally:
            self._seen.close()
        return self.tally

    def _checked(self, row: Row) -> tuple[Entry | None, ExchangeError | None]:
        try:
            if row.faults:
                raise Several(row.faults)
            found = entry(row.by_field, self._caller.office, self._as_of)
            if (earlier := self._seen.earlier(found.identities, row.number)) is not None:
                raise Malformed(rule="register.twice_in_file", row=earlier)
        except ExchangeError as error:
            return None, error
        return found, None

    def _settle(self) -> None:
        """Record what waits, and hand back what cannot be recorded, in the order of the file."""
        errors: dict[int, ExchangeError] = {}
        items: dict[int, Item] = {}
        for at, (_, found, error) in enumerate(self._waiting):
            if found is None:
                errors[at] = error or Malformed()
                continue
            try:
                held = self._held(found) if self._recorded(found) is None else None
                errors |= {} if held is None else self._compared(at, found, held)
            except UNREADABLE as unread:  # of whom the row is about: the others are taken in
                errors[at] = unread
                continue
            if held is None:
                items[at] = self._item(found)
        errors |= self._check(items) if self._only_check else self._record(items)
        for at, (row, _, _) in enumerate(self._waiting):
            self.tally.rows += 1
            if at in errors:
                self._hand_back(row, errors[at])
        self._waiting.clear()

    def _recorded(self, found: Entry) -> str | None:
        """The person of the event that an earlier run recorded for this row, whatever the row said then."""
        with self._node.uow.look() as session:
            stored = session.event(Ref(self._caller.office, self._id(found)))
        return None if stored is None else stored.frame.subject.id

    def _held(self, found: Entry) -> str | None:
        """The person whom the office holds by one of the row's documents, however it came to."""
        for field, value in found.particulars.items():
            if field.startswith("document."):
                kind = field.removeprefix("document.")
                bearing = find_person(self._node, self._caller, PURPOSE, kind, value["number"])
                for held in sorted(bearing, key=lambda each: each.unreadable):
                    return held.person
        return None

    def _compared(self, at: int, found: Entry, person: str) -> dict[int, ExchangeError]:
        if fields := differing(found, record_of(self._node, self._caller, PURPOSE, person)):
            return {at: Differs(rule="register.differs", fields=fields)}
        self.tally.unchanged += 1
        return {}

    def _item(self, found: Entry) -> Item:
        day = found.since or self._as_of
        return Item(type="person.registered", day=day, id=self._id(found), content=found.content(ask=self._ask))

    def _id(self, found: Entry) -> str:
        office = self._caller.office
        token = self._node.index.token("register", f"{office}\0{found.identities[0]}")
        return derived_id("register", office, token.hex())

    def _check(self, items: dict[int, Item]) -> dict[int, ExchangeError]:
        errors: dict[int, ExchangeError] = {}
        for at, item in items.items():
            try:
                wellformed(item.type, item.day, item.content, days.today(self._node.clock()))
                self.tally.recorded += 1
            except ExchangeError as error:
                errors[at] = error
        return errors

    def _record(self, items: dict[int, Item]) -> dict[int, ExchangeError]:
        if not items:
            return {}
        errors: dict[int, ExchangeError] = {}
        results = record(self._node, self._caller, list(items.values()), all_or_nothing=False)
        for at, result in zip(items, results, strict=True):
            found = self._waiting[at][1]
            if isinstance(result.error, Conflict) and found is not None and (person := self._recorded(found)):
                errors |= self._compared(at, found, person)
            elif result.error is not None:
                errors[at] = result.error
            elif result.status == "recorded":
                self.tally.recorded += 1
            else:
                self.tally.unchanged += 1
        return errors

    def _hand_back(self, row: Row, error: ExchangeError) -> None:
        if isinstance(error, Differs):
            self.tally.differing += 1
        else:
            self.tally.refused += 1
        for each in error.faults:
            key = each.rule or each.code
            self.tally.reasons[key] = self.tally.reasons.get(key, 0) + 1
        self._write([str(row.number), self._reasons.reason(error), *self._own(row.cells)])

    def _own(self, values: Sequence[str]) -> list[str]:
        return [value for at, value in enumerate(values) if at not in self._added]


def beside(path: Path) -> Path:
    """Where the refused rows of a register go unless somebody says otherwise: beside it, in the same form."""
    ending = path.suffix.lower() if path.suffix.lower() == ".xlsx" else ".csv"
    return path.with_name(f"{path.stem}.refused{ending}")
