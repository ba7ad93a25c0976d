"""A register's rows, one at a time, out of CSV (UTF-8 with or without BOM, GB18030) or Excel (.xlsx)."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from events.errors import Malformed
from exchange.registers import cells
from exchange.registers.columns import Column, columns_of
from exchange.registers.excel import first_sheet

MOST_COLUMNS = 200
_CHUNK = 1 << 20
_ENCODINGS = ("utf-8-sig", "gb18030")


class Row:
    """One row: its number in the file, the cells by field, the cells as they stood, and those that none could read."""

    __slots__ = ("by_field", "cells", "faults", "number")

    def __init__(self, number: int, columns: Sequence[Column | None], values: Sequence[Any]) -> None:
        self.number = number
        self.cells: list[str] = []
        self.faults: list[Malformed] = []
        self.by_field: dict[str, str] = {}
        for at, value in enumerate(values):
            column = columns[at] if at < len(columns) else None
            self.cells.append(text := self._text(column, value))
            if column is not None:
                self.by_field[column.field] = text
            elif text:
                self.faults.append(Malformed(field=f"{at + 1}", rule="register.cell_without_heading", column=at + 1))

    def _text(self, column: Column | None, value: Any) -> str:
        try:
            return cells.text_of(value)
        except Malformed as error:
            error.field = column.field if column else None
            self.faults.append(error)
            return str(int(value)) if isinstance(value, float) else str(value)

    @property
    def empty(self) -> bool:
        return not any(self.cells)


class Table:
    """An open register: its headings and rows.

    `left_out`: sheets of the workbook that are not read.
    """

    def __init__(
        self,
        headings: Sequence[str],
        lines: Iterator[tuple[int, Sequence[Any]]],
        left_out: tuple[str, ...] = (),
    ) -> None:
        self.headings = headings
        self.left_out = left_out
        self.columns = columns_of(headings)
        self.lines = lines

    def __iter__(self) -> Iterator[Row]:
        for number, values in self.lines:
            row = Row(number, self.columns, values)
            if not row.empty:
                yield row


def length(path: Path) -> int:
    """How many lines follow the headings. Raises as `opened` and walking do: what passes can be read to its end."""
    with opened(path) as table:
        return sum(1 for _ in table.lines)


@contextmanager
def opened(path: Path) -> Iterator[Table]:
    """The register in a file, read as it is walked through.

    Raises Malformed: register.file, register.format, register.encoding, register.empty, register.line,
    register.sheet_line, and as `columns_of`.
    """
    try:
        with path.open("rb") as file:
            start = file.read(8)
    except OSError as error:
        raise Malformed(field="file", rule="register.file", file=path.name, why=error) from error
    reading = _excel(path) if start.startswith(b"PK") else _csv(path, start)
    with reading as table:
        yield table


@contextmanager
def _csv(path: Path, start: bytes) -> Iterator[Table]:
    if b"\0" in start or start.startswith(b"\xd0\xcf\x11\xe0"):  # the old binary form of Excel
        raise Malformed(field="file", rule="register.format", file=path.name)
    with path.open(encoding=_encoding(path), newline="") as file:
        lines = _lines(file)
        _, headings = next(lines, (0, []))
        yield Table(_headings(headings), lines)


def _encoding(path: Path) -> str:
    """The encoding in which the whole file can be read."""
    for encoding in _ENCODINGS:
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with path.open("rb") as file:
                while chunk := file.read(_CHUNK):
                    decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Malformed(field="file", rule="register.encoding", file=path.name)


def _lines(file: TextIO) -> Iterator[tuple[int, Sequence[Any]]]:
    first = file.readline()
    file.seek(0)
    delimiter = max(",\t;", key=first.count)
    reader = csv.reader(file, delimiter=delimiter, strict=True)
    while True:
        number = reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise Malformed(field="file", rule="register.line", line=number) from error
        if any("\0" in value for value in values):
            raise Malformed(field="file", rule="register.line", line=number)
        yield number, values


@contextmanager
def _excel(path: Path) -> Iterator[Table]:
    with first_sheet(path) as sheet:
        _, headings = next(sheet.lines, (0, ()))
        yield Table(_headings([str(each or "") for each in headings]), sheet.lines, sheet.left_out)


def _headings(found: Sequence[str]) -> Sequence[str]:
    trimmed = list(found)
    while trimmed and not trimmed[-1].strip():
        trimmed.pop()
    if not trimmed:
        raise Malformed(field="file", rule="register.empty")
    if len(trimmed) > MOST_COLUMNS:
        raise Malformed(field="file", rule="register.columns_many", most=MOST_COLUMNS)
    return trimmed
