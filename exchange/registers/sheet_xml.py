"""The XML inside of a workbook, walked through in as little memory for a million rows as for ten."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import IO
from xml.etree.ElementTree import Element, iterparse

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ROW, CELL, FORMULA, VALUE = (f"{SPACE}{name}" for name in ("row", "c", "f", "v"))
_ITEM, _TEXT, _RUN = (f"{SPACE}{name}" for name in ("si", "t", "r"))
_TOGETHER = 250  # texts that are packed as one
_AT_HAND = 40  # such packs that are kept unpacked: rows mostly ask for texts in the order of the table
_BETWEEN = "\0"  # which XML cannot hold


def elements(source: IO[bytes], tag: str) -> Iterator[Element]:
    """Each element of this name once it is whole; what came before it is forgotten. Raises what the parser raises."""
    within: list[Element] = []
    for event, element in iterparse(source, events=("start", "end")):  # noqa: S314 (expat of today bounds what expands)
        if event == "start":
            within.append(element)
            continue
        within.pop()
        if element.tag == tag and within:
            yield element
            within[-1].clear()


class Texts:
    """The table of texts that cells point into: packed, since a sheet may have millions of them."""

    def __init__(self, source: IO[bytes]) -> None:
        self._packs: list[bytes] = []
        self._last: list[str] = []  # not packed yet
        self._unpacked = lru_cache(_AT_HAND)(self._unpack)
        for item in elements(source, _ITEM):
            self._add("".join(each.text or "" for path in (_TEXT, f"{_RUN}/{_TEXT}") for each in item.findall(path)))

    def __getitem__(self, number: int) -> str:
        pack, place = divmod(number, _TOGETHER)
        return self._last[place] if pack == len(self._packs) else self._unpacked(pack)[place]

    def _add(self, text: str) -> None:
        self._last.append(text.replace("x005F_", ""))  # as Excel marks an underscore that stands for itself
        if len(self._last) == _TOGETHER:
            self._packs.append(zlib.compress(_BETWEEN.join(self._last).encode(), 1))
            self._last = []

    def _unpack(self, pack: int) -> list[str]:
        return zlib.decompress(self._packs[pack]).decode().split(_BETWEEN)
