"""Tables for people: CSV that every spreadsheet opens rightly (UTF-8 with BOM), or Excel; no cell ever runs."""

from __future__ import annotations

import csv
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import openpyxl
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from events.errors import Malformed
from exchange.registers.cells import guarded

Write = Callable[[Sequence[str]], None]
EXCEL = ".xlsx"
FORMS = (".csv", EXCEL)


@contextmanager
def writing(path: Path) -> Iterator[Write]:
    """Takes row after row into a file of the form that its ending names; the file appears when all are there.

    Raises Malformed: register.ending, register.file.
    """
    with replacing(path) as unfinished, (_excel if path.suffix.lower() == EXCEL else _csv)(unfinished) as write:
        yield write


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside the wanted one, which takes its place when all is written. Raises Malformed as `writing` does."""
    if path.suffix.lower() not in FORMS:
        raise Malformed(field="file", rule="register.ending", file=path.name, allowed=", ".join(FORMS))
    # Named by chance, for another process may write the same file; whoever is last is read.
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        unfinished.touch(mode=0o600, exist_ok=False)  # personal data
        yield unfinished
        unfinished.replace(path)
    except OSError as error:
        raise Malformed(field="file", rule="register.file", file=path.name, why=error) from error
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def _csv(path: Path) -> Iterator[Write]:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        yield lambda row: writer.writerow(map(guarded, row))


@contextmanager
def _excel(path: Path) -> Iterator[Write]:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("register")
    yield lambda row: sheet.append([_cell(sheet, text) for text in row])
    book.save(path)


def _cell(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    """A cell that holds text and nothing else: a long number keeps its digits, a formula is only shown."""
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("\ufffd", guarded(text)))
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
