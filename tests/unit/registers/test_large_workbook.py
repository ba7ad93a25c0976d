"""A sheet of a million rows, each with texts of its own, is read in little memory."""

import tracemalloc
import zipfile
from pathlib import Path

import openpyxl
import pytest

from exchange.registers.reading import opened

FEW, MANY = 3_000, 8_000
COLUMNS = ("姓名", "现住址", "电话", "户籍地")
TABLE = b"""<Override PartName="/xl/sharedStrings.xml"
ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>"""
A_ROW = 150  # bytes, of which a million make half of what a process may take; objects alone would take four times that


def as_excel_writes_it(path: Path, rows: int) -> Path:
    """Every cell points into one table of texts, in the order in which they first come."""
    openpyxl.Workbook().save(path)
    with zipfile.ZipFile(path) as plain:
        parts = {name: plain.read(name) for name in plain.namelist()}
    texts = [*COLUMNS, *(f"{column}{row}号楼&lt;{row * 7}&gt;" for row in range(rows) for column in COLUMNS)]
    cells = [f'<c r="{"ABCD"[at % 4]}{at // 4 + 1}" t="s"><v>{at}</v></c>' for at in range(len(texts))]
    lines = (f'<row r="{row + 1}">{"".join(cells[4 * row : 4 * row + 4])}</row>' for row in range(rows + 1))
    space = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    table = "".join(f"<si><t>{each}</t></si>" for each in texts)
    kinds, end = "[Content_Types].xml", b"</Types>"
    parts[kinds] = parts[kinds].replace(end, TABLE + end)
    parts["xl/sharedStrings.xml"] = f"<sst {space}>{table}</sst>".encode()
    parts["xl/worksheets/sheet1.xml"] = (
        f"<worksheet {space}><sheetData>{''.join(lines)}</sheetData></worksheet>".encode()
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return path


def most_held(path: Path, rows: int) -> int:
    tracemalloc.start()
    try:
        with opened(path) as table:
            for number, row in enumerate(table):
                assert row.cells == [f"{column}{number}号楼<{number * 7}>" for column in COLUMNS]
        assert number == rows - 1
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_more_rows_take_hardly_more_memory(tmp_path):
    paths = {rows: as_excel_writes_it(tmp_path / f"{rows}.xlsx", rows) for rows in (FEW, MANY)}
    # What else happens in the process meanwhile counts as well: of two tries the lesser says what the reading takes.
    few, many = (min(most_held(path, rows) for _ in range(2)) for rows, path in paths.items())
    assert many - few < (MANY - FEW) * A_ROW


@pytest.mark.parametrize("last", ["", "<r><t>丽</t></r><rPh sb='0' eb='1'><t>Li</t></rPh>"])
def test_a_text_in_several_runs_is_one_and_how_it_is_read_aloud_is_no_part_of_it(tmp_path, last):
    path = as_excel_writes_it(tmp_path / "r.xlsx", 1)
    with zipfile.ZipFile(path) as plain:
        parts = {name: plain.read(name) for name in plain.namelist()}
    name = f"<si><r><t>王</t></r><r><rPr><b/></rPr><t>小</t></r>{last}</si>".encode()
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace(
        "<si><t>姓名0号楼&lt;0&gt;</t></si>".encode(), name
    )
    with zipfile.ZipFile(path, "w") as made:
        for each, content in parts.items():
            made.writestr(each, content)
    with opened(path) as table:
        assert [row.by_field["name"] for row in table] == ["王小丽" if last else "王小"]
