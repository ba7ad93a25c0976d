"""What the parts of a plain life tell: the particulars, and where exactly the person lives. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from events.envelope import Part
from events.parts import TIES
from exchange.protocol.plain.corrections import BESIDE, PARTICULARS
from exchange.protocol.plain.life import Life, Residence
from exchange.protocol.plain.line import Line

Parts = Mapping[str, Mapping[str, Any]]  # by the name of the part
Open = Callable[[int, Line, frozenset[Part]], Parts]
_NOTHING: Mapping[str, Any] = {}
# Where particulars stand, by the types that hold any.
_CONTAINER = {"person.registered": "particulars", "person.changed": "set", "movement.arrived": "stated"}
_ADDRESS: frozenset[Part] = frozenset({"address"})
_BOTH = PARTICULARS | _ADDRESS


def read_parts(life: Life, lines: Sequence[Line], opened: Open) -> dict[str, Any]:
    """The particulars as whoever keeps the person holds them; and sets the address of each stay, for both may lie in
    one line.

    Only what still stands is opened. What arrivals state counts where nothing else was told.
    """
    told, corrected = life.told, life.corrected
    parts: dict[int, Parts] = {}
    for numbers in corrected.values():
        parts.update({n: opened(n, lines[n], _BOTH) for n in numbers})
    for stay, number in life.addresses.items():
        found = opened(number, lines[number], _BOTH if number in told else _ADDRESS)
        parts[number] = found
        address = found.get("address")
        life.stays[stay].address = None if address is None else address.get("address")
        if number in corrected:
            _correct_address(life.stays[stay], lines, parts, corrected[number])
    held: dict[str, Any] = {}
    for number in told:
        found = parts[number] if number in parts else opened(number, lines[number], PARTICULARS)
        _take(held, lines[number], found, [parts[n] for n in corrected.get(number, ())])
    for number in () if held else life.arrivals:
        found = opened(number, lines[number], PARTICULARS)
        _take(held, lines[number], found, [parts[n] for n in corrected.get(number, ())])
    held.pop(TIES, None)  # whom newcomers state as theirs are no particulars
    if "born_on" in held:
        held.pop("born_year", None)
    return {field: value for field, value in held.items() if value is not None}


def _correct_address(
    stay: Residence, lines: Sequence[Line], parts: Mapping[int, Parts], numbers: Iterable[int]
) -> None:
    """As the corrections of its line leave it."""
    for number in numbers:
        if "address" in lines[number].facts.fields:
            stay.address = parts[number].get("address", _NOTHING).get("set", _NOTHING).get("address")


def _take(held: dict[str, Any], line: Line, parts: Parts, corrections: Iterable[Parts]) -> None:
    """The particulars of one line, wherever they lie, as its corrections leave them."""
    container = _CONTAINER[line.type]
    held.update(getattr(line.facts, container))
    for part in parts.values():
        if container in part:
            held.update(part[container])
    for correction in corrections:
        for part in correction.values():
            held.update({f: value for f, value in part.get("set", _NOTHING).items() if f not in BESIDE[line.type]})
