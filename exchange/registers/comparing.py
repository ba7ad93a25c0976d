"""A row of a register beside the record that the office holds: which of the cells that are filled in differ. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from events import documents, partial_date
from events.errors import Malformed
from events.names import same_name
from exchange.registers.entry import Entry


def differing(entry: Entry, sheet: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields of the row that are not what the record shows; an empty cell says nothing and differs from nothing."""
    return tuple(dict.fromkeys(_differing(entry, sheet)))


def _differing(entry: Entry, sheet: Mapping[str, Any]) -> Iterator[str]:
    held = sheet.get("particulars", {})
    for field, value in entry.particulars.items():
        if field not in entry.read_off and not _same(field, value, held.get(field)):
            yield field
    if entry.registration != sheet.get("registration"):
        yield "registration"
    stays = {role for role in sheet.get("roles", ()) if role in {"main", "further"}}
    if stays != ({entry.stay} if entry.stay else set()):
        yield "stay"
    for field, said in (("address", entry.address), ("since", entry.since)):
        if said is not None and said != sheet.get(field):
            yield field


def _same(field: str, said: Any, held: Any) -> bool:
    if held is None:
        return False
    if field == "name":
        return same_name(said, held)
    if field == "born_on":
        return partial_date.agrees(str(said), str(held))
    if field.startswith("document."):
        kind = field.removeprefix("document.")
        return _form(kind, said) == _form(kind, held)
    return list(said) == list(held) if isinstance(said, list) else bool(said == held)


def _form(kind: str, document: Mapping[str, Any]) -> str:
    try:
        return documents.lookup_form(kind, str(document.get("number", "")))
    except Malformed:
        return str(document.get("number"))  # held of another node, by rules that we do not know
