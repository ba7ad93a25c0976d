"""What stands in a cell, as text: spreadsheets keep numbers and days in forms of their own. Pure."""

from __future__ import annotations

import re
from datetime import date, datetime

from events import partial_date
from events.errors import Malformed

LONGEST = 500  # characters of a cell; no column holds more
# A number of more digits than a spreadsheet keeps: its last ones were replaced by zeros.
MOST_DIGITS = 15
# What a spreadsheet takes for the start of a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
# What stands in a cell whose formula failed, also once it was saved as CSV.
_FAILED = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
_CHINESE_DAY = re.compile(r"(\d{4})年(?:(\d{1,2})月(?:(\d{1,2})[日号]?)?)?")
_PARTED_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?: 0?0:00(?::00)?)?")
_PLAIN_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})?")


class Formula:
    """Stands in the place of a formula whose value the file does not hold."""

    def __str__(self) -> str:
        return ""


def text_of(value: object) -> str:
    """The text of a spreadsheet's cell. Raises Malformed: register.digits_lost, register.formula, register.failed."""
    if isinstance(value, Formula):
        raise Malformed(rule="register.formula")
    if isinstance(value, str) and value in _FAILED:
        raise Malformed(rule="register.failed", value=value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, int | float):
        if abs(value) >= 10**MOST_DIGITS:
            raise Malformed(rule="register.digits_lost", most=MOST_DIGITS)
        return str(int(value)) if value == int(value) else str(value)
    return unguarded(str(value))


def guarded(text: str) -> str:
    """The text as a spreadsheet shows it and never runs it: an apostrophe before what might start a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def unguarded(text: str) -> str:
    """The text without such an apostrophe, and without space around it."""
    return (text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text).strip()


def day_of(text: str, field: str) -> str:
    """A date, possibly in part: 1958-11-03, 1958/11/3, 19581103, 1958年11月. Raises Malformed as `partial_date`."""
    for form in (_CHINESE_DAY, _PARTED_DAY, _PLAIN_DAY):
        if found := form.fullmatch(text):
            parts = [part for part in found.groups() if part is not None]
            return partial_date.parse("-".join([parts[0], *(part.zfill(2) for part in parts[1:])]), field=field)
    return partial_date.parse(text, field=field)


def whole_day(text: str, field: str) -> str:
    """A day of which nothing is unknown. Raises Malformed: register.whole_day, and as `day_of`."""
    found = day_of(text, field)
    if len(found) != len("2026-01-01"):
        raise Malformed(field=field, rule="register.whole_day")
    return found


def yes(text: str, field: str) -> bool:
    """Whether a cell says yes; empty says no. Raises Malformed: register.yes_or_no."""
    found = {"": False, "是": True, "否": False, "yes": True, "no": False, "y": True, "n": False, "1": True, "0": False}
    if text.casefold() not in found:
        raise Malformed(field=field, rule="register.yes_or_no")
    return found[text.casefold()]
