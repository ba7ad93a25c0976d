"""A synthetic town's register: residents registered here, incomers registered elsewhere, and faults of every kind."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

from events.documents import resident_number

OFFICE = "420115001000"
ELSEWHERE = "湖北省武汉市江夏区五里界街道"
HEADINGS = ["姓名", "性别", "居民身份证号", "民族", "联系电话", "户籍地", "居住类型", "现住址", "居住起始日期"]
Cells = list[str]


def person(at: int) -> Cells:
    """A row without a fault; the same for the same number."""
    sequence = at % 1000
    number = resident_number("420115", f"{1940 + at % 60}-{1 + at % 12:02d}-{1 + at % 28:02d}", sequence)
    name = "王" + chr(0x4E00 + at % 997) + chr(0x5E00 + at % 89)
    home = "本地" if at % 3 else ELSEWHERE
    return [
        name,
        "男" if sequence % 2 else "女",
        number,
        "汉族",
        f"+86 138{at:08d}",
        home,
        "常住",
        f"文化路{at}号",
        "2020/3/1",
    ]


def _with(column: str, value: str) -> Callable[[Cells], Cells]:
    at = HEADINGS.index(column)
    return lambda cells: [*cells[:at], value, *cells[at + 1 :]]


def _mistyped(cells: Cells) -> Cells:
    number = cells[2]
    return _with("居民身份证号", number[:-1] + ("0" if number[-1] != "0" else "1"))(cells)


# Each kind of fault by the rule that names it.
FAULTS: dict[str, Callable[[Cells], Cells]] = {
    "register.cell_empty": _with("姓名", ""),
    "name.letters": _with("姓名", "12345"),
    "code.unknown": _with("民族", "火星族"),
    "document.check_digit": _mistyped,
    "document.length": _with("居民身份证号", "42011519880501"),
    "register.document_says_otherwise": lambda cells: _with("性别", "女" if cells[1] == "男" else "男")(cells),
    "division.unknown": _with("户籍地", "=亚特兰蒂斯"),
    "register.place_not_town": _with("户籍地", "湖北省武汉市江夏区"),
    "register.place_ambiguous": _with("户籍地", "纸坊街道"),
    "register.stay_kind": _with("居住类型", "路过"),
    "register.whole_day": _with("居住起始日期", "2020-03"),
    "register.since_ahead": _with("居住起始日期", "2199-01-01"),
    "text.length": _with("联系电话", "1" * 41),
}
OF_EACH = 30


def register(rows: int) -> list[Cells]:
    """So many rows: `OF_EACH` of every fault, as many doubled ones, the others good; mixed, and always the same."""
    bad = [make(person(10_000 + at)) for at in range(OF_EACH) for make in FAULTS.values()]
    good = [person(at) for at in range(rows - len(bad) - OF_EACH)]
    doubled = good[:OF_EACH]
    mixed: list[Cells] = []
    while good or bad:
        mixed += good[:3] + bad[:1]
        good, bad = good[3:], bad[1:]
    return mixed + doubled


def write(path: Path, rows: Iterable[Cells], encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([HEADINGS, *rows])
    return path
