"""Code lists as data: the codes that a field may hold, with their texts.

The stored code is the standard's own number, except where a letter or a word says more: sex (`M`, `F`), countries
(ISO 3166 alpha-2) and the census lists. `standard` keeps the number of the standard for exchange with other systems.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from events.code_lists import acts, person
from events.code_lists.countries import COUNTRIES
from events.code_lists.ethnic_groups import ETHNIC_GROUPS
from events.code_lists.relations import RELATIONS
from events.errors import Malformed


class Code(msgspec.Struct, frozen=True):
    """One entry. `standard` is the number that the published standard gives, `alpha3` is for countries only."""

    code: str
    zh: str
    en: str
    standard: str
    alpha3: str | None = None


def _entry(line: str) -> Code:
    names, en = line.split("|")
    *keys, zh = names.split(" ")
    return Code(keys[0], zh, en, keys[-1], keys[1] if len(keys) == 3 else None)


def _entries(text: str) -> Mapping[str, Code]:
    return MappingProxyType({entry.code: entry for entry in map(_entry, text.splitlines())})


LISTS: Mapping[str, Mapping[str, Code]] = MappingProxyType(
    {
        "sex": _entries(person.SEX),
        "marital_status": _entries(person.MARITAL_STATUS),
        "ethnic_group": _entries(ETHNIC_GROUPS),
        "education": _entries(person.EDUCATION),
        "country": _entries(COUNTRIES),
        "relation": _entries(RELATIONS),
        "reason": _entries(person.REASON),
        "dwelling": _entries(person.DWELLING),
        "document": _entries(person.DOCUMENT),
        "amendment": _entries(acts.AMENDMENT),
        "change": _entries(acts.CHANGE),
        "protection": _entries(acts.PROTECTION),
        "protection_ended": _entries(acts.PROTECTION_ENDED),
        "hold": _entries(acts.HOLD),
        "leaving": _entries(acts.LEAVING),
        "deferral": _entries(acts.DEFERRAL),
        "reopening": _entries(acts.REOPENING),
        "withdrawal": _entries(acts.WITHDRAWAL),
        "purpose": _entries(acts.PURPOSE),
    }
)

_NAMED = 12  # codes in a refusal: all of the short lists, and how those of the long ones look

_BY_STANDARD = {name: {entry.standard: entry for entry in entries.values()} for name, entries in LISTS.items()}
_COUNTRY_BY_ALPHA3 = {entry.alpha3: entry for entry in LISTS["country"].values()}

# The usual GA/T 2000.156 code for each KIND of `document.KIND`; a permit's own code depends on its number.
DOCUMENT_OF_KIND: Mapping[str, str] = MappingProxyType(
    {
        "resident": "111",
        "passport": "414",
        "permit": "154",
        "foreign": "553",
        "birth": "117",
    }
)


def codes(list_name: str) -> tuple[Code, ...]:
    """The entries of a list, in the standard's order."""
    return tuple(LISTS[list_name].values())


def check(list_name: str, value: object, field: str) -> str:
    """The value, if the list has it. Raises Malformed: code.unknown, with the codes of the list but not the value."""
    known = LISTS[list_name]
    if isinstance(value, str) and value in known:
        return value
    named = [*known][:_NAMED] + ["…"] * (len(known) > _NAMED)
    raise Malformed(field=field, rule="code.unknown", list=list_name, codes=", ".join(named))


def text(list_name: str, code: str, language: str) -> str:
    """What a code means, in `zh` or `en`; a code that the list lacks stands for itself, so that reading never fails."""
    entry = LISTS[list_name].get(code)
    if entry is None:
        return code
    return entry.zh if language.startswith("zh") else entry.en


def by_standard(list_name: str, number: str) -> Code | None:
    """The entry that a standard's number means, for imports (`1` is `M`, `156` is `CN`)."""
    return _BY_STANDARD[list_name].get(number)


def country_by_alpha3(alpha3: str) -> Code | None:
    """The country of an ISO 3166 alpha-3 code."""
    return _COUNTRY_BY_ALPHA3.get(alpha3)
