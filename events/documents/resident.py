"""Numbers by GB 11643: mainland citizens (18 digits, or 15 until 1999), residents from Hong Kong, Macao and Taiwan."""

from __future__ import annotations

import re

from events.documents.birth_date import birth_date
from events.documents.check_digit import check_digit
from events.documents.document import Document, Holder
from events.errors import Malformed

_HOLDERS: dict[str, Holder] = {"81": "hong_kong", "82": "macao", "83": "taiwan"}
_ISSUED_AS = frozenset({"810000", "820000", "830000"})
PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71")
_EIGHTEEN = re.compile(r"[0-9]{17}[0-9X]")
_FIFTEEN = re.compile(r"[0-9]{15}")
_DIVISION = re.compile(r"[0-9]{6}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def parse_resident(kind: str, number: str, field: str, *, as_printed: bool, as_of: str | None) -> Document:
    """Raises Malformed: `document.length`, `.characters`, `.is_foreign_card`, `.date`, `.future`, `.check_digit`."""
    if len(number) not in {15, 18}:
        raise Malformed(field=field, rule="document.length", length=len(number))
    if not (_EIGHTEEN if len(number) == 18 else _FIFTEEN).fullmatch(number):
        raise Malformed(field=field, rule="document.characters")
    if number.startswith("9"):
        raise Malformed(field=field, rule="document.is_foreign_card")
    # The 15 digits ended in 1999: their century is always the nineteen hundreds, and they have no check digit.
    body = number[:17] if len(number) == 18 else f"{number[:6]}19{number[6:]}"
    born_on = birth_date(body[6:14], field, as_of)
    warnings = _division_warnings(body[:6])
    if len(number) == 18:
        warnings += wrong_check_digit(number, field, as_printed=as_printed)
    return Document(
        kind=kind,
        number=number,
        canonical=number if len(number) == 18 else body + check_digit(body),
        holder=_HOLDERS.get(number[:2], "mainland"),
        born_on=born_on,
        sex="M" if int(body[16]) % 2 else "F",
        division=body[:6],
        warnings=warnings,
    )


def wrong_check_digit(number: str, field: str, *, as_printed: bool) -> tuple[str, ...]:
    """No warning if the check digit is right; if it is wrong, a warning on purpose or an error by accident."""
    if number[17] == check_digit(number[:17]):
        return ()
    if as_printed:
        return ("document.as_printed",)
    raise Malformed(field=field, rule="document.check_digit")


def _division_warnings(division: str) -> tuple[str, ...]:
    known = division in _ISSUED_AS or PROVINCE.match(division) is not None
    return () if known else ("document.division_unknown",)


def resident_number(division6: str, born_on: str, sequence3: int | str) -> str:
    """A valid 18-digit number for a synthetic person; an odd sequence is a man's. Raises Malformed."""
    sequence = f"{sequence3:03d}" if isinstance(sequence3, int) else sequence3
    if not (_DIVISION.fullmatch(division6) and _DAY.fullmatch(born_on) and re.fullmatch(r"[0-9]{3}", sequence)):
        raise Malformed(field="number", rule="document.characters")
    birth = born_on.replace("-", "")
    birth_date(birth, "born_on", None)
    body = f"{division6}{birth}{sequence}"
    return body + check_digit(body)
