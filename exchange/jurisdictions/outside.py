"""Hong Kong, Macao and Taiwan: places that people come from and go to, and that are never in the exchange."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from exchange.jurisdictions.english import english


@dataclass(frozen=True, slots=True)
class OutsidePlace:
    """`province` is the code of GB/T 2260 for the whole; the parts have names only. `path`: the largest first."""

    province: str
    path: tuple[str, ...]
    pinyin: str

    @property
    def name(self) -> str:
        return self.path[-1]

    @property
    def english(self) -> str:
        return english(self.name, self.pinyin)


@cache
def outside_places() -> tuple[OutsidePlace, ...]:
    """Every place of the table, each whole before its parts."""
    whole: dict[str, str] = {}
    places = []
    for line in (files("exchange.jurisdictions") / "data" / "outside.txt").read_text("utf-8").splitlines():
        stem, path, pinyin = line.split("\t")
        region = whole.setdefault(stem, path)
        parts = () if path == region else tuple(path.split("/"))
        places.append(OutsidePlace(stem.ljust(12, "0"), (region, *parts), pinyin))
    return tuple(places)


@cache
def whole_regions() -> frozenset[str]:
    """The codes of Hong Kong, Macao and Taiwan as wholes, as documents bear them."""
    return frozenset(each.province for each in outside_places())


def find_outside(text: str, limit: int = 20) -> tuple[OutsidePlace, ...]:
    """Places whose name holds the text, or whose pinyin or English name begins with it."""
    wanted = text.casefold().replace(" ", "")
    if not wanted:
        return ()
    return tuple(each for each in outside_places() if wanted in each.name or _begins(each, wanted))[:limit]


def _begins(place: OutsidePlace, wanted: str) -> bool:
    spelled = (place.pinyin, place.english.casefold())
    return wanted.isascii() and any(each.replace(" ", "").startswith(wanted) for each in spelled)
