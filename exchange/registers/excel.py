"""The rows of an Excel workbook's first sheet, read as they are walked through."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast
from xml.etree.ElementTree import Element

from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.workbook import Workbook
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS

from events.errors import Malformed
from exchange.registers.cells import Formula
from exchange.registers.sheet_xml import CELL, FORMULA, ROW, VALUE, Texts, elements
from exchange.translations import LANGUAGES, text


@dataclass(frozen=True, slots=True)
class Sheet:
    """`left_out`: the other sheets, but for the one that explains the columns of our template."""

    lines: Iterator[tuple[int, Sequence[Any]]]
    left_out: tuple[str, ...]


@contextmanager
def first_sheet(path: Path) -> Iterator[Sheet]:
    """The first sheet of the workbook. Raises Malformed: register.format, register.sheet_line."""
    with path.open("rb") as file:
        book = _book(file, path.name)
        try:
            sheets: list[Any] = book.worksheets  # of a kind that openpyxl's types do not tell
            if not sheets:
                raise Malformed(field="file", rule="register.format", file=path.name)
            sheet, *others = sheets
            known = {text("register.sheet.meaning", language) for language in LANGUAGES}
            left_out = tuple(each.title for each in others if each.title not in known)
            yield Sheet(_lines(sheet), left_out)
        finally:
            book.close()


class _Reader(ExcelReader):
    """Keeps the table of texts in little room."""

    def read_strings(self) -> None:
        package: Any = self.package
        if (found := package.find(SHARED_STRINGS)) is not None:
            with self.archive.open(found.PartName[1:]) as source:
                self.shared_strings = cast("list[str]", Texts(source))  # of which cells ask for one by its number


def _book(file: BinaryIO, name: str) -> Workbook:
    try:
        with _quiet():
            reader = _Reader(file, read_only=True, data_only=True)
            reader.read()
    except Exception as error:  # (a broken file leads openpyxl into whatever error lies on its way)
        raise Malformed(field="file", rule="register.format", file=name) from error
    return reader.wb


def _lines(sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    rows = _rows(sheet)
    number = 0
    while True:
        try:
            with _quiet():
                number, values = next(rows, (0, ()))
        except Exception as error:  # (likewise)
            raise Malformed(field="file", rule="register.sheet_line", line=number + 1) from error
        if not number:
            return
        yield number, values


def _rows(sheet: Any) -> Iterator[tuple[int, Sequence[Any]]]:
    """The values of each row by its number, those that are missing in between as empty ones."""
    book = sheet.parent
    last = 0
    with book._archive.open(sheet._worksheet_path) as source:  # noqa: SLF001 (named nowhere else, as below)
        parser: Any = WorkSheetParser(
            source,
            sheet._shared_strings,  # noqa: SLF001
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,  # noqa: SLF001
            timedelta_formats=book._timedelta_formats,  # noqa: SLF001
        )
        for element in elements(source, ROW):
            bare = list(_without_value(element))
            number, found = parser.parse_row(element)
            if number <= last:
                continue
            yield from ((missing, ()) for missing in range(last + 1, number))
            values: list[Any] = [None] * (found[-1]["column"] if found else 0)
            for cell in found:
                if cell["column"] <= len(values):
                    values[cell["column"] - 1] = cell["value"]
            for at in bare:
                if at <= len(values):
                    values[at - 1] = Formula()
            yield number, values
            last = number


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what openpyxl says of dropdowns and styles that it does not read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _without_value(row: Element) -> Iterator[int]:
    """The columns whose formula was never worked out: a program wrote them, and nobody has saved the file since.

    openpyxl shows them empty, as it shows a formula whose value is no text.
    """
    for cell in row.iter(CELL):
        formula = cell.find(FORMULA) is not None and cell.get("t") != "str" and not cell.findtext(VALUE)
        if formula and (place := cell.get("r")):
            yield coordinate_to_tuple(place)[1]
