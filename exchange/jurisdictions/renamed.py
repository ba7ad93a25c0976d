"""Areas that bear another name than in the list, or bore one since 1980: looked for by each, with its pinyin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from exchange.jurisdictions import codes, past
from exchange.jurisdictions.lookup import Division, Divisions, divisions, words_of


def division(area: Division, names: Mapping[str, str]) -> Division:
    """The area as it is called today."""
    name = names.get(area.code)
    return area if name is None else Division(area.code, name, past.listed_pinyin(name))


def search(text: str, names: Mapping[str, str], limit: int = 20, within: str | None = None) -> tuple[Division, ...]:
    """The best finds, each as it is called today, or was at last.

    What areas are called today comes before what they were called, unless that alone was meant whole.
    """
    today = _renamed(tuple(sorted(names.items()))) if names else None
    new = today.search(text, limit, within) if today is not None else ()
    now = [*(each for each in new if each.code in names), *divisions().search(text, limit, within)]
    then = past.search(text, limit, within)
    meant = () if _whole(text, now) else _whole(text, then)
    found = [*_at_last(meant), *now, *_at_last(then)]
    return tuple({each.code: division(each, names) for each in found}.values())[:limit]


def _whole(text: str, found: Iterable[Division]) -> tuple[Division, ...]:
    """Those of which the text is the whole name, or ends with it."""
    joined = "".join(words_of(text))
    return tuple(each for each in found if joined.endswith((each.name, each.pinyin.replace(" ", "") or each.name)))


def _at_last(found: Iterable[Division]) -> tuple[Division, ...]:
    return tuple(area for each in found if (area := past.area(each.code)) is not None)


@lru_cache(maxsize=8)
def _renamed(names: tuple[tuple[str, str], ...]) -> Divisions:
    """The renamed areas under the names of today, with the areas above them, which may be named before."""
    called = dict(names)
    wanted = {each for code in called for each in (*codes.ancestors(code), code)}
    areas = [division(area, called) for code in wanted if (area := divisions().get(code)) is not None]
    areas.sort(key=lambda area: (area.level, area.code))
    return Divisions((codes.stem(area.code), area.name, area.pinyin) for area in areas)
