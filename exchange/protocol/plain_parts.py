"""What the parts of a plain life tell: the particulars, and where exactly the person lives. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from events.envelope import Part
from events.parts import TIES
from exchange.protocol.plain_corrections import BESIDE, PARTICULARS
from exchange.protocol.plain_life import Life
from exchange.protocol.plain_line import Line

Parts = Mapping[str, Mapping[str, Any]]  # by the name of the part
Open = Callable[[int, Line, frozenset[Part]], Parts]
_NOTHING: Mapping[str, Any] = {}
_CONTAINERS = ("particulars", "set", "stated")
_ADDRESS: frozenset[Part] = frozenset({"address"})


def read_parts(life: Life, lines: Sequence[Line], opened: Open) -> dict[str, Any]:
    """The particulars as whoever keeps the person holds them; and sets the address of each stay, for both may lie in
    one line.

    Only what still stands is opened. What arrivals state counts where nothing else was told.
    """
    wanted = dict.fromkeys(life.told, PARTICULARS)
    for number in life.addresses.values():
        wanted[number] = wanted[number] | _ADDRESS if number in wanted else _ADDRESS
    for numbers in life.corrected.values():
        wanted.update(dict.fromkeys(numbers, PARTICULARS | _ADDRESS))
    parts = {n: opened(n, lines[n], names) for n, names in wanted.items()}
    for stay, number in life.addresses.items():
        life.stays[stay].address = _address(life, lines, parts, number)
    held: dict[str, Any] = {}
    for number in life.told:
        _take(held, lines[number], parts[number], [parts[n] for n in life.corrected.get(number, ())])
    for number in () if held else life.arrivals:
        told = opened(number, lines[number], PARTICULARS)
        _take(held, lines[number], told, [parts[n] for n in life.corrected.get(number, ())])
    held.pop(TIES, None)  # whom newcomers state as theirs are no particulars
    if "born_on" in held:
        held.pop("born_year", None)
    return {field: value for field, value in held.items() if value is not None}


def _address(life: Life, lines: Sequence[Line], parts: Mapping[int, Parts], number: int) -> str | None:
    """The address in this line, as its corrections leave it."""
    found: str | None = parts[number].get("address", _NOTHING).get("address")
    for correction in life.corrected.get(number, ()):
        if "address" in lines[correction].facts.fields:
            found = parts[correction].get("address", _NOTHING).get("set", _NOTHING).get("address")
    return found


def _take(held: dict[str, Any], line: Line, parts: Parts, corrections: Iterable[Parts]) -> None:
    """The particulars of one line, wherever they lie, as its corrections leave them."""
    facts = line.facts
    for clear in (facts.particulars, facts.set, facts.stated):
        held.update(clear)
    for part in parts.values():
        for name in _CONTAINERS:
            if name in part:
                held.update(part[name])
    for correction in corrections:
        for part in correction.values():
            held.update({f: value for f, value in part.get("set", _NOTHING).items() if f not in BESIDE[line.type]})
