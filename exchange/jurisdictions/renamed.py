"""Areas that bear another name than in the list: looked for by the new one too, with its pinyin."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from events.pinyin import syllables
from exchange.jurisdictions import codes
from exchange.jurisdictions.lookup import Division, Divisions, divisions


def division(area: Division, names: Mapping[str, str]) -> Division:
    """The area as it is called today."""
    name = names.get(area.code)
    return area if name is None else Division(area.code, name, " ".join(map(_listed, syllables(name))))


def search(text: str, names: Mapping[str, str], limit: int = 20, within: str | None = None) -> tuple[Division, ...]:
    """The best finds, by what areas are called today before what they were called; each as it is called today."""
    today = _renamed(tuple(sorted(names.items()))) if names else None
    new = today.search(text, limit, within) if today is not None else ()
    found = [*(each for each in new if each.code in names), *divisions().search(text, limit, within)]
    return tuple({each.code: division(each, names) for each in found}.values())[:limit]


def _listed(syllable: str) -> str:
    """As the list of divisions writes it: ü is v."""
    return syllable.replace("yu", "v") if syllable[0] in "ln" else syllable


@lru_cache(maxsize=8)
def _renamed(names: tuple[tuple[str, str], ...]) -> Divisions:
    """The renamed areas under the names of today, with the areas above them, which may be named before."""
    called = dict(names)
    wanted = {each for code in called for each in (*codes.ancestors(code), code)}
    areas = [division(area, called) for code in wanted if (area := divisions().get(code)) is not None]
    areas.sort(key=lambda area: (area.level, area.code))
    return Divisions((codes.stem(area.code), area.name, area.pinyin) for area in areas)
