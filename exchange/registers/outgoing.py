"""Gives an office's register out: the persons whom it holds now, in the columns in which a register is taken in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from events import codes
from events.names import full_name
from exchange.access.caller import Caller
from exchange.queries.register import register
from exchange.registers.columns import BY_FIELD, COLUMNS, DOCUMENTS
from exchange.registers.meanings import STAYS
from exchange.registers.places import place_text
from exchange.registers.writing import Write
from exchange.translations import CHINESE, DEFAULT, Language, language_of

if TYPE_CHECKING:
    from exchange.node import Node


def give_out(
    node: Node,
    caller: Caller,
    purpose: str,
    write: Write,
    progress: Callable[[int], object],
    unread: Callable[[str], object],
) -> int:
    """Write the register; the number of persons. Each of them is read for the stated purpose, which is kept.

    `unread`: is told of each person who is held and cannot be read, and so is not in it.
    """
    language = language_of(caller.language) or DEFAULT
    write([column.heading(language) for column in COLUMNS])
    done = 0
    for done, sheet in enumerate(register(node, caller, purpose, unread), 1):
        write(row_of(sheet, language))
        progress(done)
    return done


def row_of(sheet: Mapping[str, Any], language: Language) -> list[str]:
    """The cells of one person, as `entry` reads them back."""
    held: Mapping[str, Any] = sheet["particulars"]
    roles = set(sheet["roles"])
    stay = next((kind for kind in ("main", "further") if kind in roles), "")
    shown = {
        "name": full_name(held.get("name", "")),
        "born_on": str(held.get("born_on", "")),
        "as_printed": _printed(held, language),
        "birth_place": str(held.get("birth_place", "")),
        "nationality": ";".join(held.get("nationality", ())),
        "occupation": str(held.get("occupation", "")),
        "phone": str(held.get("phone", "")),
        "registration": place_text(sheet["registration"], str(sheet["office"])),
        "stay": next(word for word, kind in STAYS.items() if kind == stay and _spoken(word, language)),
        "address": str(sheet["address"] or "") if stay else "",
        "since": str(sheet["since"] or "") if stay else "",
        **{field: str(held.get(field, {}).get("number", "")) for field in DOCUMENTS},
        **{field: codes.text(field, held[field], language) for field in _LISTED if field in held},
    }
    return [shown.get(column.field, "") for column in COLUMNS]


_LISTED = ("sex", "ethnic_group", "marital_status", "education")


def _printed(held: Mapping[str, Any], language: Language) -> str:
    return ";".join(BY_FIELD[f].heading(language) for f in DOCUMENTS if held.get(f, {}).get("as_printed"))


def _spoken(word: str, language: Language) -> bool:
    return word.isascii() != (language == CHINESE)
