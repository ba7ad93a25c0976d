"""Passports. Chinese ones by their forms; any other is five to twenty letters and digits."""

from __future__ import annotations

import re

from events.documents.document import Document, Holder
from events.errors import Malformed

# Letters I and O are left out of the newer ordinary series. A number alone never proves the country: these are forms.
_FORMS: tuple[tuple[re.Pattern[str], Holder], ...] = (
    (re.compile(r"E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}"), "mainland"),  # ordinary, since 2012
    (re.compile(r"G[0-9]{8}"), "mainland"),  # ordinary, before
    (re.compile(r"[DSP][0-9]{7,8}|[DSP]E[0-9]{7}"), "mainland"),  # diplomatic, service, public affairs
    (re.compile(r"[HK]J[0-9]{7}"), "hong_kong"),
    (re.compile(r"M[AB][0-9]{7}"), "macao"),
)
_ANY = re.compile(r"[A-Z0-9]*[0-9][A-Z0-9]*")
_NEARLY_ORDINARY = re.compile(r"E[A-Z]?[0-9]{6,9}")


def parse_passport(kind: str, number: str, field: str) -> Document:
    """Raises Malformed: `document.length`, `document.form`."""
    if not 5 <= len(number) <= 20:
        raise Malformed(field=field, rule="document.length", length=len(number))
    if not _ANY.fullmatch(number):
        raise Malformed(field=field, rule="document.form")
    holder: Holder = next((holder for form, holder in _FORMS if form.fullmatch(number)), "foreign")
    # A digit lost or doubled looks like this; yet it may be another country's number.
    nearly = holder == "foreign" and _NEARLY_ORDINARY.fullmatch(number)
    warnings = ("document.nearly_chinese",) if nearly else ()
    return Document(kind=kind, number=number, canonical=number, holder=holder, warnings=warnings)
