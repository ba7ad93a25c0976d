"""Counties and prefectures of the past: the codes that ended or took another name, 1980 to 2024."""

from __future__ import annotations

import lzma
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from exchange.jurisdictions import codes
from exchange.jurisdictions.codes import Level

LAST_YEAR = 2024


@dataclass(frozen=True, slots=True)
class Spell:
    """A code bore this name in these years, both included. A spell of the table's last year may still go on."""

    name: str
    first_year: int
    last_year: int

    @property
    def ended(self) -> bool:
        return self.last_year < LAST_YEAR


def spells(code: str) -> tuple[Spell, ...]:
    """All names that a county or prefecture code (4, 6 digits or padded) ever had, the oldest first."""
    return _history().get(codes.parse(code)[: Level.COUNTY], ())


def former(code: str) -> tuple[Spell, ...]:
    """The spells that are over: the code ended, or was renamed. None for an unknown code or one that never changed."""
    return tuple(spell for spell in spells(code) if spell.ended)


def has_ended(code: str) -> bool:
    """Whether the code was once in use and is no more. What came after it is for succession to say."""
    known = spells(code)
    return bool(known) and all(spell.ended for spell in known)


def every_code() -> Iterable[str]:
    """All codes of the table, padded."""
    return (codes.parse(code) for code in _history())


@cache
def _history() -> dict[str, tuple[Spell, ...]]:
    packed = files("exchange.jurisdictions") / "data" / "history.tsv.xz"
    table: dict[str, tuple[Spell, ...]] = {}
    for line in lzma.decompress(packed.read_bytes()).decode().split("\n"):
        code, name, first, last = line.split("\t")
        table[code] = (*table.get(code, ()), Spell(name, int(first), int(last)))
    return table
