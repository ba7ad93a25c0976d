"""The texts of the OpenAPI document in Chinese; in English they stand beside the code that they speak of."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@cache
def chinese() -> Mapping[str, str]:
    """English text, in one line -> Chinese."""
    return tomllib.loads((files("exchange.translations") / "contract.toml").read_text(encoding="utf-8"))


def in_chinese(english: str) -> str:
    """The same in Chinese; the English itself where there is no other, since a poor text is better than none."""
    return chinese().get(" ".join(english.split()), english)
