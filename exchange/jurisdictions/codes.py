"""Division codes: 12 digits, two for the province, prefecture and county each, three for the town and the village.

Shorter codes of a whole level (GB/T 2260 counties have 6 digits, towns 9) are padded with zeros on the right.
Towns directly under a prefecture (Dongguan, 441900003) have a county part of 00, and counties directly under a province
had a prefecture part of 00 for a time (Hainan, 460001). Pure.
"""

from __future__ import annotations

from enum import IntEnum
from functools import lru_cache

from events.errors import Malformed


class Level(IntEnum):
    """The levels, each as the number of digits that its codes need."""

    PROVINCE = 2
    PREFECTURE = 4
    COUNTY = 6
    TOWN = 9
    VILLAGE = 12


def parse(text: str, field: str = "code") -> str:
    """The 12-digit code. Raises Malformed: division.digits, division.length, division.province, division.gap."""
    code = text.strip()
    if not (code.isascii() and code.isdigit()):
        raise Malformed(field=field, rule="division.digits", value=text)
    if len(code) not in {*Level}:
        raise Malformed(field=field, rule="division.length", value=text, length=len(code))
    code = code.ljust(Level.VILLAGE, "0")
    if not "11" <= code[:2] <= "82":
        raise Malformed(field=field, rule="division.province", value=text)
    if (code[2:6] == "0000" and code[6:].strip("0")) or (code[6:9] == "000" and code[9:].strip("0")):
        raise Malformed(field=field, rule="division.gap", value=text)
    return code


@lru_cache(maxsize=10_000)
def level(code: str) -> Level:
    """The level of a 12-digit code. A county or town that coincides with the area above it counts as that area.

    What is no code, where somebody altered a row, is below all areas.
    """
    return next((each for each in Level if not code[each:].strip("0")), Level.VILLAGE)


def stem(code: str) -> str:
    """The code without its padding: what all codes within the area begin with."""
    return code[: level(code)]


def at(code: str, wanted: Level) -> str:
    """The area of that level, or the code itself where it lies above."""
    return code[:wanted].ljust(Level.VILLAGE, "0")


def parent(code: str) -> str | None:
    """The area one level up; a province has none."""
    above = ancestors(code)
    return above[-1] if above else None


def ancestors(code: str) -> tuple[str, ...]:
    """The areas above, province first. A level that a code does not use is left out."""
    return tuple(dict.fromkeys(area for each in Level if (area := at(code, each)) != code))


def is_within(code: str, area: str) -> bool:
    """Whether the code is the area, or lies inside it."""
    return code.startswith(stem(area))


def same_county(one: str, other: str) -> bool:
    """Whether both lie in one county. Towns directly under a prefecture lie in that prefecture as their county."""
    return min(level(one), level(other)) > Level.PREFECTURE and one[: Level.COUNTY] == other[: Level.COUNTY]


def same_province(one: str, other: str) -> bool:
    """Whether both lie in one province."""
    return one[: Level.PROVINCE] == other[: Level.PROVINCE]
