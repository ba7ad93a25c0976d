"""Tables for people: CSV that every spreadsheet opens rightly (UTF-8 with BOM), or Excel; no cell ever runs."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import openpyxl
from openpyxl.cell import WriteOnlyCell

from events.errors import Malformed
from exchange.registers.cells import guarded
from exchange.registers.columns import COLUMNS
from exchange.translations import Language

Write = Callable[[Sequence[str]], None]
FORMS = (".csv", ".xlsx")


@contextmanager
def writing(path: Path) -> Iterator[Write]:
    """Takes row after row into a file of the form that its ending names; the file appears when all are there.

    Raises Malformed: register.ending, register.file.
    """
    if path.suffix.lower() not in FORMS:
        raise Malformed(field="file", rule="register.ending", file=path.name, allowed=", ".join(FORMS))
    unfinished = path.with_name(f".{path.name}.part")
    try:
        with (_excel if path.suffix.lower() == ".xlsx" else _csv)(unfinished) as write:
            yield write
        unfinished.chmod(0o600)  # personal data
        unfinished.replace(path)
    except OSError as error:
        raise Malformed(field="file", rule="register.file", file=path.name, why=error.strerror) from error
    finally:
        unfinished.unlink(missing_ok=True)


def template(path: Path, language: Language) -> None:
    """An empty register with its headings and one synthetic row as an example."""
    with writing(path) as write:
        write([column.heading(language) for column in COLUMNS])
        write([column.example for column in COLUMNS])


@contextmanager
def _csv(path: Path) -> Iterator[Write]:
    with path.open("x", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        yield lambda row: writer.writerow(map(guarded, row))


@contextmanager
def _excel(path: Path) -> Iterator[Write]:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("register")

    def write(row: Sequence[str]) -> None:
        line = []
        for text in row:
            cell = WriteOnlyCell(sheet, guarded(text))
            cell.data_type = "s"  # text, so that a long number keeps its digits
            cell.number_format = "@"
            line.append(cell)
        sheet.append(line)

    yield write
    book.save(path)
