"""The texts for people, read from messages/*.toml: one table for each code or rule, one key for each language."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from string import Formatter
from typing import TYPE_CHECKING

from exchange.translations.languages import CHINESE, DEFAULT, Language

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from importlib.resources.abc import Traversable

_KEY_OF: Mapping[Language, str] = {CHINESE: "zh", DEFAULT: "en"}


class _Details(Formatter):
    """Fills in what is known and leaves the name of the rest, since a poor text is better than none beside an error."""

    def get_value(self, key: int | str, args: object, kwargs: Mapping[str, object]) -> object:
        return kwargs.get(str(key), f"{{{key}}}")


def message_files() -> Iterator[Traversable]:
    """Every file of texts, by name."""
    folder = files("exchange.translations") / "messages"
    yield from sorted((item for item in folder.iterdir() if item.name.endswith(".toml")), key=lambda item: item.name)


def _flat(table: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, Mapping[str, str]]]:
    """The texts of a table and of the tables in it, `[json.depth]` and `["json.depth"]` alike."""
    wordings = {key: value for key, value in table.items() if isinstance(value, str)}
    if wordings:
        yield prefix, wordings
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}.{key}" if prefix else key)


@cache
def all_messages() -> Mapping[str, Mapping[str, str]]:
    """All texts by code or rule. Raises ValueError where two files define the same one differently."""
    found: dict[str, Mapping[str, str]] = {}
    for file in message_files():
        for key, wordings in _flat(tomllib.loads(file.read_text(encoding="utf-8"))):
            if found.setdefault(key, wordings) != wordings:
                raise ValueError(f"{file.name}: {key} is defined elsewhere with another text")
    return found


def known(key: str) -> bool:
    """Whether there is a text for this code or rule."""
    return key in all_messages()


def text(key: str, language: Language, /, **details: object) -> str:
    """The text of a code or rule, with the details filled in; the key itself where there is no text for it."""
    wordings = all_messages().get(key)
    if wordings is None:
        return key
    return _Details().vformat(wordings[_KEY_OF[language]], (), details)
