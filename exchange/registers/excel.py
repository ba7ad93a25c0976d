"""The rows of an Excel workbook's first sheet, read as they are walked through."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError, iterparse

import openpyxl
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.workbook import Workbook

from events.errors import Malformed
from exchange.registers.cells import Formula
from exchange.translations import LANGUAGES, text

_SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CHUNK = 1 << 20


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
            sheet.reset_dimensions()  # what a file says of its size is often wrong
            known = {text("register.sheet.meaning", language) for language in LANGUAGES}
            left_out = tuple(each.title for each in others if each.title not in known)
            empty = _without_value(file, sheet._worksheet_path)  # noqa: SLF001 (named nowhere else)
            yield Sheet(_lines(sheet, empty), left_out)
        finally:
            book.close()


def _book(file: BinaryIO, name: str) -> Workbook:
    try:
        with _quiet():
            return openpyxl.load_workbook(file, read_only=True, data_only=True)
    except Exception as error:  # (a broken file leads openpyxl into whatever error lies on its way)
        raise Malformed(field="file", rule="register.format", file=name) from error


def _lines(sheet: Any, empty: frozenset[tuple[int, int]]) -> Iterator[tuple[int, Sequence[Any]]]:
    rows = enumerate(sheet.iter_rows(values_only=True), 1)
    number = 0
    while True:
        try:
            with _quiet():
                number, values = next(rows, (0, ()))
        except Exception as error:  # (likewise)
            raise Malformed(field="file", rule="register.sheet_line", line=number + 1) from error
        if not number:
            return
        if empty:
            values = [Formula() if (number, at) in empty else value for at, value in enumerate(values, 1)]
        yield number, values


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what openpyxl says of dropdowns and styles that it does not read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _without_value(file: BinaryIO, sheet: str) -> frozenset[tuple[int, int]]:
    """The cells whose formula was never worked out: a program wrote them, and nobody has saved the file since.

    openpyxl shows them empty, as it shows a formula whose value is no text.
    """
    try:
        with zipfile.ZipFile(file) as parts:
            with parts.open(sheet) as content:
                if not any(b"<f" in chunk for chunk in iter(lambda: content.read(_CHUNK), b"")):
                    return frozenset()
            with parts.open(sheet) as content:
                found = set()
                for _, cell in iterparse(content):  # noqa: S314 (as above)
                    if cell.tag == f"{_SPACE}c":
                        bare = cell.get("t") != "str" and not cell.findtext(f"{_SPACE}v")
                        if bare and cell.find(f"{_SPACE}f") is not None and (place := cell.get("r")):
                            found.add(coordinate_to_tuple(place))
                    elif cell.tag == f"{_SPACE}row":
                        cell.clear()
                return frozenset(found)
    except (ParseError, zipfile.BadZipFile, OSError, EOFError, KeyError, ValueError):
        return frozenset()  # whoever reads the rows comes upon it, and says in which
