"""A split's allotment as an operator writes it: a CSV file with a person and an office in each line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from events.errors import Malformed
from events.faults import Faults
from exchange.commands.references import uuid_of
from exchange.registers.places import town_of

PERSON, OFFICE = ("person", "人员"), ("office", "单位")
_ENCODINGS = ("utf-8-sig", "gb18030")


class Allotment:
    """Person → office, and the line in which each person stands."""

    def __init__(self, path: Path) -> None:
        """Raises Malformed, every bad line named: register.file, register.encoding, register.line, id.uuid,
        allotment.columns, allotment.row, allotment.twice, and as `town_of`.
        """
        self.given: dict[str, str] = {}
        self.lines: dict[str, int] = {}
        faults = Faults()
        for number, cells in _lines(path):
            with faults:
                self._take(number, cells)
        faults.settle()

    def in_file(self, fault: Malformed) -> Malformed:
        """What is said of a person, said of the line instead."""
        number = self.lines.get((fault.field or "").removeprefix("allotment."))
        return fault if number is None else Malformed(field=f"line {number}", rule=fault.rule, **fault.details)

    def _take(self, number: int, cells: list[str]) -> None:
        field = f"line {number}"
        if len(cells) != 2 or not all(cells):
            raise Malformed(field=field, rule="allotment.row")
        person = uuid_of(cells[0].lower(), field)
        if person in self.lines:
            raise Malformed(field=field, rule="allotment.twice", line=self.lines[person])
        self.lines[person] = number
        self.given[person] = town_of(cells[1], field)


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The lines below the headings, without the empty ones, in the order person, office."""
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    order: list[int] = []
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if order and any(cells):
                yield reader.line_num, [cells[at] for at in order] if len(cells) == len(order) else cells
            elif any(cells):
                order = _order(cells)
    except csv.Error as error:
        raise Malformed(field="file", rule="register.line", line=reader.line_num) from error
    if not order:
        raise Malformed(field="file", rule="allotment.columns")


def _order(headings: list[str]) -> list[int]:
    found = [heading.casefold() for heading in headings]
    at = [next((n for n, heading in enumerate(found) if heading in names), -1) for names in (PERSON, OFFICE)]
    if sorted(at) != [0, 1] or len(found) != 2:
        raise Malformed(field="file", rule="allotment.columns")
    return at


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise Malformed(field="file", rule="register.file", file=path.name, why=error) from error
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Malformed(field="file", rule="register.encoding", file=path.name)
