"""Places as a register writes them: here, a town by its code or full name, abroad, unknown or none. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from events import codes as lists
from events.errors import Malformed
from exchange.jurisdictions import codes, past
from exchange.jurisdictions.codes import Level
from exchange.jurisdictions.lookup import Division, Divisions, divisions

_HERE = frozenset({"本地", "本地户籍", "here"})
_NONE = frozenset({"无", "无户口", "none"})
_PLAIN = {"不详": "unknown", "unknown": "unknown", "无固定住所": "no_fixed_abode", "no fixed abode": "no_fixed_abode"}
_ABROAD = ("境外", "国外", "abroad")
NONE = "none"
LONGEST = 80
SHOWN = 3  # of several places with one name, beside their number


def place_of(text: str, office: str, field: str) -> dict[str, Any] | None:
    """The place; None for no registration at all.

    Raises Malformed: division.unknown, register.place_ambiguous, register.place_not_town, code.unknown.
    """
    folded = text.casefold()
    if folded in _HERE:
        return {"kind": "town", "code": office}
    if folded in _NONE:
        return None
    if folded in _PLAIN:
        return {"kind": _PLAIN[folded]}
    for word in _ABROAD:
        if folded.startswith(word):
            return _abroad(text[len(word) :].strip(" :：（()）"), field)
    return {"kind": "town", "code": town_of(text, field)}


def place_text(place: dict[str, Any] | None, office: str) -> str:
    """The place as a register writes it: what `place_of` reads back."""
    if place is None:
        return "无"
    if place["kind"] == "town":
        return "本地" if place["code"] == office else "".join(divisions().path(place["code"])) or place["code"]
    if place["kind"] == "abroad":
        return f"境外 {place['country']}" if place.get("country") else "境外"
    return next(text for text, kind in _PLAIN.items() if kind == place["kind"])


def town_of(text: str, field: str) -> str:
    """The 12-digit code of a town; of the town in which a village lies. Raises Malformed as `place_of`."""
    code = _code(text, field)
    if codes.level(code) < Level.TOWN:
        raise Malformed(field=field, rule="register.place_not_town", value=code)
    return codes.at(code, Level.TOWN)


def area_of(text: str, field: str) -> str:
    """The 12-digit code of an area of any level, today's or one of the past. Raises Malformed as `place_of`."""
    return _code(text, field, ever=True)


def _abroad(country: str, field: str) -> dict[str, Any]:
    return {"kind": "abroad", **({"country": country_of(country, field)} if country else {})}


def country_of(text: str, field: str) -> str:
    """The ISO 3166 code of a country by its code or name. Raises Malformed: code.unknown."""
    return lists.check("country", _country_names().get(text.casefold(), text.upper()), field)


@lru_cache(maxsize=1)
def _country_names() -> dict[str, str]:
    names = {form.casefold(): entry.code for entry in lists.codes("country") for form in (entry.zh, entry.en)}
    return {**names, "中华人民共和国": "CN"}


def _code(text: str, field: str, *, ever: bool = False) -> str:
    plain = "".join(text.split())
    if plain.isascii() and plain.isdigit():
        code = codes.parse(plain, field)
        if (past.area(code) if ever else divisions().get(code)) is None:
            raise Malformed(field=field, rule="division.unknown", value=code)
        return code
    return _named(plain, field, ever=ever)


@lru_cache(maxsize=20_000)
def _named(text: str, field: str, *, ever: bool) -> str:
    if not 0 < len(text) <= LONGEST:
        raise Malformed(field=field, rule="division.unknown", value=text[:LONGEST])
    forms = (text, text.removesuffix("办事处"))  # 街道 and 街道办事处 are one, and a few are listed by the longer name
    lists = (divisions(), *(past.names_of_the_past() if ever else ()))
    found = next((areas for each in lists for form in forms if (areas := _spelled_by(form, each))), set())
    if not found:
        raise Malformed(field=field, rule="division.unknown", value=text)
    if len(found) > 1:
        raise Malformed(
            field=field, rule="register.place_ambiguous", value=text, count=len(found), places=_some(sorted(found))
        )
    return next(iter(found))


def _some(found: Sequence[str]) -> str:
    """The first few of these areas, by code and full name."""
    told = [f"{codes.stem(code)} {''.join(past.path(code))}" for code in found[:SHOWN]]
    return ", ".join([*told, *("…" for _ in found[SHOWN : SHOWN + 1])])


def _spelled_by(text: str, names: Divisions) -> set[str]:
    return {each.code for cut in range(len(text)) for each in _ending(text, cut, names)}


def _ending(text: str, cut: int, names: Divisions) -> Sequence[Division]:
    """The areas that bear the name after the cut, and whose areas above spell what stands before it."""
    return [each for each in names.named(text[cut:]) if _spells(text[:cut], names.path(each.code)[:-1])]


def _spells(text: str, names: Sequence[str]) -> bool:
    """Whether some of the names, in their order, make the text; 市辖区 and the like are mostly left out."""
    if not text:
        return True
    return any(text.endswith(name) and _spells(text[: -len(name)], names[:at]) for at, name in enumerate(names))
