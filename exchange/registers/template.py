"""An empty register to fill in: its headings, and in Excel a second sheet that says what stands under each."""

from __future__ import annotations

from pathlib import Path

import openpyxl

from exchange.registers.columns import COLUMNS
from exchange.registers.writing import EXCEL, replacing, writing
from exchange.translations import Language, text

WIDTHS = {"A": 24, "B": 90, "C": 24}
TALLEST = 1000  # rows whose cells are made text beforehand


def template(path: Path, language: Language) -> None:
    """Write it. Raises Malformed as `writing` does."""
    headings = [column.heading(language) for column in COLUMNS]
    if path.suffix.lower() != EXCEL:
        with writing(path) as write:
            write(headings)
        return
    with replacing(path) as unfinished:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        register = book.create_sheet(text("register.sheet.register", language))
        register.append(headings)
        register.freeze_panes = "A2"
        for row in register.iter_rows(min_row=2, max_row=TALLEST, max_col=len(headings)):
            for cell in row:
                cell.number_format = "@"  # text, so that a long number keeps its digits
        meaning = book.create_sheet(text("register.sheet.meaning", language))
        meaning.append([text(f"register.heading.{each}", language) for each in ("column", "meaning", "example")])
        for column in COLUMNS:
            told = text(f"register.column.{column.field}", language)
            meaning.append([column.heading(language), told, column.example])
        for letter, width in WIDTHS.items():
            meaning.column_dimensions[letter].width = width
        book.save(unfinished)
