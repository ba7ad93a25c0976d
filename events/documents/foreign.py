"""Cards of foreign permanent residents: 18 digits since December 2023, before that three letters and twelve digits.

18 digits: 9, province that issued it (2), country (ISO 3166 numeric, 3), birth date (8), sequence (3), check digit as
in GB 11643. The older number writes the country with letters and the birth date with two digits of the year, so that
its century is not known; the rule of its last digit was never published.
"""

from __future__ import annotations

import re

from events.codes import by_standard, country_by_alpha3
from events.documents.birth_date import birth_date
from events.documents.document import Document
from events.documents.resident import PROVINCE, wrong_check_digit
from events.errors import Malformed

_NEW = re.compile(r"9[0-9]{16}[0-9X]")
_OLD = re.compile(r"[A-Z]{3}[0-9]{12}")


def parse_foreign(kind: str, number: str, field: str, *, as_printed: bool, as_of: str | None) -> Document:
    """Raises Malformed: `document.length`, `.form`, `.date`, `.future`, `.check_digit`."""
    if len(number) not in {15, 18}:
        raise Malformed(field=field, rule="document.length", length=len(number))
    if _OLD.fullmatch(number):
        unknown = () if country_by_alpha3(number[:3]) else ("document.country_unknown",)
        return Document(kind=kind, number=number, canonical=number, holder="foreign", warnings=unknown)
    if not _NEW.fullmatch(number):
        raise Malformed(field=field, rule="document.form")
    born_on = birth_date(number[6:14], field, as_of)
    warnings = wrong_check_digit(number, field, as_printed=as_printed)
    if not PROVINCE.fullmatch(number[1:3]):
        warnings += ("document.division_unknown",)
    if by_standard("country", number[3:6]) is None:
        warnings += ("document.country_unknown",)
    return Document(
        kind=kind,
        number=number,
        canonical=number,
        holder="foreign",
        born_on=born_on,
        sex="M" if int(number[16]) % 2 else "F",
        division=f"{number[1:3]}0000",
        warnings=warnings,
    )
