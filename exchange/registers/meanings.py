"""What the cells of each column mean: codes, texts in either language, yes and no. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial

from events import codes
from events.errors import Malformed
from events.text import line
from exchange.registers import cells, places
from exchange.registers.columns import BY_FIELD, DOCUMENTS

STAYS = {"常住": "main", "main": "main", "兼住": "further", "further": "further", "不在本地": "", "none": ""}


def code_of(listed: str, text: str, field: str) -> str:
    """The code that a cell means: the code, the standard's number, or the text in either language."""
    return codes.check(listed, _forms(listed).get(text.casefold(), text), field)


@cache
def _forms(listed: str) -> Mapping[str, str]:
    entries = codes.codes(listed)
    by_text = {form.casefold(): entry.code for entry in entries for form in (entry.standard, entry.zh, entry.en)}
    short = {text.removesuffix("族"): code for text, code in by_text.items()} if listed == "ethnic_group" else {}
    return {**short, **by_text, **{entry.code.casefold(): entry.code for entry in entries}}


def stay(text: str, field: str) -> str:
    if text.casefold() not in STAYS:
        raise Malformed(field=field, rule="register.stay_kind", allowed="常住/main, 兼住/further, 不在本地/none")
    return STAYS[text.casefold()]


def printed(text: str, field: str) -> list[str]:
    """The documents recorded as printed: by their headings; a plain yes means the resident number."""
    headings = {form: name for name in DOCUMENTS for form in (name, BY_FIELD[name].chinese, BY_FIELD[name].english)}
    found = []
    for part in parts(text):
        if part in headings:
            found.append(headings[part].removeprefix("document."))
        elif cells.yes(part, field):
            found.append("resident")
    return found


def birth_place(text: str, field: str) -> str:
    try:
        return places.area_of(text, field)
    except Malformed as error:
        if text[:1].isdigit() or error.rule == "register.place_ambiguous":
            raise
    return places.country_of(text, field)


def nationality(text: str, field: str) -> list[str]:
    return sorted({places.country_of(part, field) for part in parts(text)})


def parts(text: str) -> list[str]:
    for sign in "；;、，,":
        text = text.replace(sign, ";")
    return [part.strip() for part in text.split(";") if part.strip()]


def short(most: int) -> Callable[[str, str], str]:
    """A line of text of at most so many characters."""
    return partial(line, most=most)
