"""Dates known in part: `1958`, `1958-11`, `1958-11-03`. Two of them agree as far as both are known."""

from __future__ import annotations

import re
from calendar import monthrange

from events.errors import Malformed

FIRST_YEAR = 1850
LAST_YEAR = 2200

_FORM = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def parse(text: object, *, field: str = "born_on") -> str:
    """The date as given. Raises Malformed: `date.form`, `date.year`, `date.month`, `date.day`."""
    if not isinstance(text, str) or not (match := _FORM.fullmatch(text)):
        raise Malformed(field=field, rule="date.form")
    year, month, day = (None if part is None else int(part) for part in match.groups())
    if year is None or not FIRST_YEAR <= year <= LAST_YEAR:
        raise Malformed(field=field, rule="date.year", first=FIRST_YEAR, last=LAST_YEAR)
    if month is not None and not 1 <= month <= 12:
        raise Malformed(field=field, rule="date.month")
    if month is not None and day is not None and not 1 <= day <= monthrange(year, month)[1]:
        raise Malformed(field=field, rule="date.day")
    return text


def agrees(a: str, b: str) -> bool:
    """Whether two dates say the same as far as both are known. Total: anything else agrees only with itself."""
    if not (_FORM.fullmatch(a) and _FORM.fullmatch(b)):
        return a == b
    known = min(len(a), len(b))
    return a[:known] == b[:known]


def earliest(partial: str) -> str:
    """The first day that it may be. Raises Malformed as `parse`."""
    parse(partial, field="date")
    return partial + "-01-01"[len(partial) - 4 :]


def latest(partial: str) -> str:
    """The last day that it may be. Raises Malformed as `parse`."""
    parse(partial, field="date")
    month = partial if len(partial) > 4 else f"{partial}-12"
    if len(month) > 7:
        return month
    return f"{month}-{monthrange(int(month[:4]), int(month[5:]))[1]}"


def is_after(partial: str, day: str) -> bool:
    """Whether it is surely after the day: even the first day that it may be is later."""
    return earliest(partial) > day
