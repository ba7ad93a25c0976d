"""Registers as files: the encodings and forms that towns have, headings in both languages, nothing lost on the way."""

import csv
import random
import zipfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from events.errors import Malformed
from exchange.registers.columns import COLUMNS, columns_of
from exchange.registers.reading import opened
from exchange.registers.template import template
from exchange.registers.writing import writing

ROWS = [["姓名", "居民身份证号", "户籍地"], ["王小雨", "420115198805010025", "本地"], ['李"四",五', "", "不详"]]


def rows_of(path: Path) -> list[dict[str, str]]:
    with opened(path) as table:
        return [row.by_field for row in table]


def written(path: Path, encoding: str, delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(ROWS)
    return path


def refused(path: Path) -> str | None:
    with pytest.raises(Malformed) as error:
        rows_of(path)
    return error.value.rule


READ = [
    {"name": "王小雨", "document.resident": "420115198805010025", "registration": "本地"},
    {"name": '李"四",五', "document.resident": "", "registration": "不详"},
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_csv_is_read_in_every_encoding_that_towns_use(tmp_path, encoding, delimiter):
    assert rows_of(written(tmp_path / "r.csv", encoding, delimiter)) == READ


def test_excel_is_read_whatever_kinds_of_cells_it_has(tmp_path):
    book = openpyxl.Workbook()
    rows: list[list[str | int | None]] = [
        ["Name", "Since", "Registration place"],
        ["王小雨", None, 420115001],
        [None, None, None],
    ]
    for row in rows:
        book.worksheets[0].append(row)
    book.save(tmp_path / "r.xlsx")
    assert rows_of(tmp_path / "r.xlsx") == [{"name": "王小雨", "since": "", "registration": "420115001"}]


def test_an_excel_number_that_lost_digits_is_a_fault_of_its_row(tmp_path):
    book = openpyxl.Workbook()
    rows: list[list[str | int]] = [["姓名", "身份证号", "户籍地"], ["王小雨", 420115198805010025, "本地"]]
    for row in rows:
        book.worksheets[0].append(row)
    book.save(tmp_path / "r.xlsx")
    with opened(tmp_path / "r.xlsx") as table:
        [found] = table
    assert [(fault.field, fault.rule) for fault in found.faults] == [("document.resident", "register.digits_lost")]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_what_is_written_is_read_back_and_no_formula_runs(tmp_path, ending):
    cells = ['=HYPERLINK("http://x")', "+86 138", "0012"]
    with writing(tmp_path / f"r.{ending}") as write:
        write(["Name", "Phone", "Registration place"])
        write(cells)
    assert rows_of(tmp_path / f"r.{ending}") == [dict(zip(["name", "phone", "registration"], cells, strict=True))]
    if ending == "xlsx":
        sheet = openpyxl.load_workbook(tmp_path / "r.xlsx").worksheets[0]
        assert [cell.data_type for cell in sheet[2]] == ["s", "s", "s"]
    else:
        assert "\n'=HYPERLINK" in (tmp_path / "r.csv").read_text(encoding="utf-8-sig").replace('"', "")


def test_a_file_of_persons_is_for_its_owner_alone(tmp_path):
    with writing(tmp_path / "r.csv") as write:
        write(["x"])
    assert (tmp_path / "r.csv").stat().st_mode & 0o077 == 0


def workbook(path: Path, *rows: list[Any]) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(path)
    return path


def test_a_formula_that_was_never_worked_out_is_a_fault_and_not_an_empty_cell(tmp_path):
    path = workbook(
        tmp_path / "r.xlsx", ["姓名", "户籍地", "现住址"], ["王小雨", "本地", '="文化路"&1'], ["李四", "本地", None]
    )
    with opened(path) as table:
        bad, good = table
    assert [(fault.field, fault.rule) for fault in bad.faults] == [("address", "register.formula")]
    assert good.faults == []


def test_a_formula_that_came_to_an_empty_text_is_an_empty_cell(tmp_path):
    """As Excel writes it: worked out, and nothing to show."""
    path = workbook(tmp_path / "r.xlsx", ["姓名", "户籍地", "现住址"], ["王小雨", "本地", '=""'])
    sheet = "xl/worksheets/sheet1.xml"
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    assert b'<c r="C2">' in parts[sheet]
    parts[sheet] = parts[sheet].replace(b'<c r="C2">', b'<c r="C2" t="str">')
    with zipfile.ZipFile(path, "w") as book:
        for name, content in parts.items():
            book.writestr(name, content)
    assert rows_of(path) == [{"name": "王小雨", "registration": "本地", "address": ""}]


@pytest.mark.parametrize("value", ["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!"])
def test_what_a_spreadsheet_could_not_work_out_is_a_fault(tmp_path, value):
    with opened(workbook(tmp_path / "r.xlsx", ["姓名", "户籍地", "电话"], ["王小雨", "本地", value])) as table:
        [row] = table
    assert [(fault.field, fault.rule) for fault in row.faults] == [("phone", "register.failed")]


def test_sheets_that_are_not_read_are_named(tmp_path):
    book = openpyxl.Workbook()
    book.worksheets[0].append(["姓名", "户籍地"])
    book.create_sheet("二村").append(["姓名", "户籍地"])
    book.create_sheet("填写说明")  # that of our template
    book.save(tmp_path / "r.xlsx")
    with opened(tmp_path / "r.xlsx") as table:
        assert table.left_out == ("二村",)


def test_a_damaged_workbook_is_refused_however_it_is_damaged(tmp_path):
    """Cut short, or with bytes of any part altered, it is a register, or Malformed, and nothing else."""
    whole = workbook(tmp_path / "r.xlsx", ["姓名", "户籍地"], *(["王小雨", "本地"] for _ in range(50)))
    with zipfile.ZipFile(whole) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    chance = random.Random(1)
    damaged = tmp_path / "damaged.xlsx"
    for name, right in parts.items():
        for _ in range(6):
            content = bytearray(right)
            at = chance.randrange(len(content))
            content[at : at + chance.randrange(1, 9)] = chance.choice([b"", b"<", b"999999999", b'"', b"\xff"])
            with zipfile.ZipFile(damaged, "w") as book:
                for each, held in parts.items():
                    book.writestr(each, bytes(content) if each == name else held)
            with suppress(Malformed):
                rows_of(damaged)


def test_a_file_that_could_not_be_finished_is_not_there(tmp_path):
    with pytest.raises(ZeroDivisionError), writing(tmp_path / "r.csv") as write:
        write([str(1 // 0)])
    assert list(tmp_path.iterdir()) == []


def test_two_who_write_one_file_do_not_meet(tmp_path):
    with writing(tmp_path / "r.csv") as first, writing(tmp_path / "r.csv") as second:
        first(["first"])
        second(["second"])
    assert (tmp_path / "r.csv").read_text(encoding="utf-8-sig").split() == ["first"]
    assert [file.name for file in tmp_path.iterdir()] == ["r.csv"]


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_template_has_every_column_and_no_row(tmp_path, language, ending):
    template(tmp_path / f"t.{ending}", language)
    with opened(tmp_path / f"t.{ending}") as table:
        assert list(table.columns) == list(COLUMNS)
        assert list(table) == []


@pytest.mark.parametrize(
    ("headings", "rule", "field"),
    [
        (["姓名", "户籍地", "血型"], "register.column_unknown", "血型"),
        (["姓名", "户籍地", "Name"], "register.column_twice", "Name"),
        (["姓名"], "register.column_missing", "registration"),
        (["江夏区人员登记表", "", ""], "register.headings_unknown", "file"),
    ],
)
def test_headings_that_are_unknown_doubled_or_missing_are_named(headings, rule, field):
    with pytest.raises(Malformed) as error:
        columns_of(headings)
    assert (error.value.rule, error.value.field) == (rule, field)


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "register.empty"),
        (b"\xd0\xcf\x11\xe0 an old workbook", "register.format"),
        (b"PK\x03\x04 no workbook", "register.format"),
        ("姓名,户籍地\n".encode() + b"\xff\xff", "register.encoding"),
        ('姓名,户籍地\n"王'.encode(), "register.line"),
        ("姓名,户籍地\n王\0,本地".encode(), "register.line"),
    ],
)
def test_a_file_that_is_no_register_is_refused_by_name(tmp_path, content, rule):
    (tmp_path / "r.csv").write_bytes(content)
    assert refused(tmp_path / "r.csv") == rule


def test_a_missing_file_and_an_unknown_ending_are_named(tmp_path):
    assert refused(tmp_path / "nowhere.csv") == "register.file"
    with pytest.raises(Malformed) as error, writing(tmp_path / "r.pdf"):
        pass
    assert error.value.rule == "register.ending"
