"""Permits: to travel to the mainland (Hong Kong, Macao, Taiwan), and to reside where one is not registered.

A travel permit's person keeps the first eight digits for life; what follows counts the cards.
"""

from __future__ import annotations

import re

from events.documents.document import Document, Holder
from events.documents.resident import parse_resident
from events.errors import Malformed

_HONG_KONG_MACAO = re.compile(r"([HM][0-9]{8})(?:[0-9]{2})?")
_TAIWAN = re.compile(r"([0-9]{8})(?:[0-9]{2}(?:[A-Z]|\([A-Z]\))?)?")
_RESIDENCE = re.compile(r"[0-9]{17}[0-9X]")
_LOCAL = re.compile(r"(?=.*[0-9])[A-Z0-9]{6,20}")


def parse_permit(kind: str, number: str, field: str, *, as_printed: bool, as_of: str | None) -> Document:
    """Raises Malformed: `document.form`, and for 18 digits as a resident's number.

    Residence permits with a serial of their own follow no common rule: they are taken only as printed.
    """
    if match := _HONG_KONG_MACAO.fullmatch(number):
        holder: Holder = "hong_kong" if number.startswith("H") else "macao"
        return Document(kind=kind, number=number, canonical=match[1], holder=holder)
    if match := _TAIWAN.fullmatch(number):
        plain = number.replace("(", "").replace(")", "")
        return Document(kind=kind, number=plain, canonical=match[1], holder="taiwan")
    if _RESIDENCE.fullmatch(number):
        return parse_resident(kind, number, field, as_printed=as_printed, as_of=as_of)
    if as_printed and _LOCAL.fullmatch(number):
        return Document(
            kind=kind, number=number, canonical=number, holder="mainland", warnings=("document.local_permit",)
        )
    raise Malformed(field=field, rule="document.form")
