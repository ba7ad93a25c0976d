"""The columns of a register (docs/registers.md): their headings in Chinese and English, and what stands in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from events.documents import KINDS
from events.errors import Malformed
from exchange.translations import CHINESE, Language


@dataclass(frozen=True, slots=True)
class Column:
    """`field`: as the catalogue names it; `also`: further headings that towns use; `example`: a synthetic value."""

    field: str
    english: str
    chinese: str
    example: str = ""
    also: tuple[str, ...] = ()
    needed: bool = False

    def heading(self, language: Language) -> str:
        return self.chinese if language == CHINESE else self.english


COLUMNS: tuple[Column, ...] = (
    Column("name", "Name", "姓名", "王小雨", needed=True),
    Column("sex", "Sex", "性别", "女"),
    Column("born_on", "Born on", "出生日期", "1988-05-01"),
    Column(
        "document.resident",
        "Resident number",
        "居民身份证号",
        "420115198805010025",
        ("身份证号", "身份证号码", "公民身份号码", "居民身份证号码"),
    ),
    Column("document.passport", "Passport", "护照号", also=("护照号码",)),
    Column("document.permit", "Permit", "通行证或居住证号", also=("通行证号", "居住证号")),
    Column("document.foreign", "Foreign permanent resident card", "外国人永久居留身份证号"),
    Column("document.birth", "Birth certificate", "出生医学证明编号"),
    Column("as_printed", "Recorded as printed", "按证件所印"),
    Column("birth_place", "Birth place", "出生地", "420115"),
    Column("ethnic_group", "Ethnic group", "民族", "汉族"),
    Column("nationality", "Nationality", "国籍", "中国"),
    Column("marital_status", "Marital status", "婚姻状况", "未婚"),
    Column("education", "Education", "文化程度", "大学本科教育", ("学历",)),
    Column("occupation", "Occupation", "职业", "教师"),
    Column("phone", "Phone", "联系电话", "13800000000", ("电话", "手机号码")),
    Column("registration", "Registration place", "户籍地", "本地", ("户籍所在地", "户籍地址区划"), needed=True),
    Column("stay", "Stay", "居住类型", "常住"),
    Column("address", "Address", "现住址", "文化路1号", ("住址", "居住地址", "现居住地址")),
    Column("since", "Since", "居住起始日期", "2020-03-01", ("来本地日期",)),
    Column("entry", "Entry number", "登记编号", "0001"),
)
BY_FIELD: Mapping[str, Column] = MappingProxyType({column.field: column for column in COLUMNS})
DOCUMENTS = tuple(f"document.{kind}" for kind in KINDS)

# What a file of refused rows has in front: read over when the repaired file comes back.
ROW = Column("row", "Row", "行号")
REASON = Column("reason", "Reason", "原因")


def _spelled(heading: str) -> str:
    return "".join(heading.split()).replace("_", "").casefold()


_HEADINGS: Mapping[str, Column] = {
    _spelled(form): column
    for column in (*COLUMNS, ROW, REASON)
    for form in (column.field, column.english, column.chinese, *column.also)
}


def columns_of(headings: Sequence[str]) -> tuple[Column | None, ...]:
    """The column of each heading; None where neither heading nor column is there.

    Raises Malformed: register.headings_unknown, register.column_unknown, register.column_twice,
    register.column_missing.
    """
    if not any(_spelled(heading) in _HEADINGS for heading in headings):
        raise Malformed(field="file", rule="register.headings_unknown", value=headings[0].strip()[:60])
    found: list[Column | None] = []
    for at, heading in enumerate(headings, 1):
        column = _HEADINGS.get(_spelled(heading))
        if column is None and heading.strip():
            raise Malformed(field=heading.strip()[:60], rule="register.column_unknown", column=at)
        if column is not None and column in found:
            raise Malformed(field=heading.strip(), rule="register.column_twice", column=at)
        found.append(column)
    for column in COLUMNS:
        if column.needed and column not in found:
            names = f"{column.chinese} / {column.english}"
            raise Malformed(field=column.field, rule="register.column_missing", heading=names)
    return tuple(found)
