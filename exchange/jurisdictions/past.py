"""Counties and prefectures as they were called since 1980: their names of the past, beside those of today."""

from __future__ import annotations

from functools import cache
from itertools import zip_longest

from events.pinyin import syllables
from exchange.jurisdictions import codes
from exchange.jurisdictions.codes import Level
from exchange.jurisdictions.county_history import every_code, former, has_ended
from exchange.jurisdictions.lookup import Division, Divisions, divisions


def area(code: str) -> Division | None:
    """The area of a code that is in use, or was once: this one by its last name. Raises Malformed as `codes.parse`."""
    code = codes.parse(code)
    if codes.level(code) <= Level.COUNTY and has_ended(code):
        return _called(code, former(code)[-1].name)
    return divisions().get(code)


def path(code: str) -> tuple[str, ...]:
    """The names from the province down to the area, as far as they are known."""
    found = map(area, (*codes.ancestors(code), code))
    return tuple(each.name for each in found if each is not None)


def search(text: str, limit: int = 20, within: str | None = None) -> tuple[Division, ...]:
    """The best finds among names of the past, each as it was called then."""
    found = [each for names in names_of_the_past() for each in names.search(text, limit, within)]
    return tuple(each for each in found if _was_called(each))


@cache
def names_of_the_past() -> tuple[Divisions, ...]:
    """Every name that some code bore and bears no more, by a list for the first, the second and so on.

    The areas above stand in each list by another of their names where they have none of that rank.
    """
    ranks = zip_longest(*([(code, spell.name) for spell in former(code)] for code in every_code()))
    return tuple(_with_areas_above(dict(filter(None, rank))) for rank in ranks)


def _with_areas_above(names: dict[str, str]) -> Divisions:
    wanted = {each for code in names for each in (*codes.ancestors(code), code)}
    areas = [
        _called(code, names[code]) if code in names else found for code in wanted if (found := area(code)) is not None
    ]
    areas.sort(key=lambda each: (each.level, each.code))
    return Divisions((codes.stem(each.code), each.name, each.pinyin) for each in areas)


def _was_called(each: Division) -> bool:
    return each.level <= Level.COUNTY and any(spell.name == each.name for spell in former(each.code))


def _called(code: str, name: str) -> Division:
    return Division(code, name, listed_pinyin(name))


def listed_pinyin(name: str) -> str:
    """As the list of divisions writes it: ü is v."""
    return " ".join(each.replace("yu", "v") if each[0] in "ln" else each for each in syllables(name))
