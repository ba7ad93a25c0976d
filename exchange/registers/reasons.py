"""Why a row was not recorded, in the reader's language: each cell by its heading, each fault by its rule's text."""

from __future__ import annotations

from collections.abc import Mapping

from events.errors import ExchangeError
from exchange.registers.columns import BY_FIELD
from exchange.translations import CHINESE, Language, known, text


class Reasons:
    """Says why rows were not recorded, each cell by the heading that it has in the file."""

    def __init__(self, language: Language, headings: Mapping[str, str]) -> None:
        self._language = language
        self._headings = headings

    def reason(self, error: ExchangeError) -> str:
        """One line for one row."""
        return ("；" if self._language == CHINESE else "; ").join(map(self._one, error.faults))

    def _one(self, error: ExchangeError) -> str:
        details = dict(error.details)
        if isinstance(fields := details.get("fields"), tuple):
            details["fields"] = ("、" if self._language == CHINESE else ", ").join(map(self._heading, fields))
        if isinstance(other := details.get("beside"), str):
            details["heading"] = self._heading(other)
        rule = error.rule or ""
        told = text(rule if known(rule) else error.code, self._language, **{"field": error.field or "", **details})
        field = _column(error.field)
        return told if field is None else f"{self._heading(field)}{'：' if self._language == CHINESE else ': '}{told}"

    def _heading(self, field: str) -> str:
        column = BY_FIELD.get(field)
        return self._headings.get(field) or (field if column is None else column.heading(self._language))


def _column(field: str | None) -> str | None:
    """The column that a field belongs to: `particulars.document.resident.number` is the resident number's."""
    path = (field or "").removeprefix("particulars.")
    while path:
        if path in BY_FIELD:
            return path
        path = path.rpartition(".")[0]
    return None
