"""Why a row was not recorded, in the reader's language: each cell by its heading, each fault by its rule's text."""

from __future__ import annotations

from collections.abc import Iterable

from events.errors import ExchangeError
from exchange.registers.columns import BY_FIELD, Column
from exchange.translations import CHINESE, Language, known, text


def reason(error: ExchangeError, language: Language) -> str:
    """One line for one row."""
    return ("；" if language == CHINESE else "; ").join(_one(each, language) for each in error.faults)


def _one(error: ExchangeError, language: Language) -> str:
    details = dict(error.details)
    if isinstance(fields := details.get("fields"), tuple):
        details["fields"] = _headings(fields, language)
    rule = error.rule or ""
    said = text(rule if known(rule) else error.code, language, **{"field": error.field or "", **details})
    column = _column(error.field)
    return said if column is None else f"{column.heading(language)}{'：' if language == CHINESE else ': '}{said}"


def _headings(fields: Iterable[str], language: Language) -> str:
    names = [BY_FIELD[field].heading(language) if field in BY_FIELD else field for field in fields]
    return ("、" if language == CHINESE else ", ").join(names)


def _column(field: str | None) -> Column | None:
    """The column that a field belongs to: `particulars.document.resident.number` is the resident number's."""
    path = (field or "").removeprefix("particulars.")
    while path:
        if path in BY_FIELD:
            return BY_FIELD[path]
        path = path.rpartition(".")[0]
    return None
