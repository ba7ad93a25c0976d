"""The fields of a payload in words: what each may hold, and where its value lies. Pure."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from typing import Any, Literal, Union, get_args, get_origin

import msgspec

from events.catalogue.act_codes import LIST_OF
from events.catalogue.fact import Fact
from events.catalogue.values import (
    Address,
    CaseRef,
    Code,
    Country,
    Day,
    Deviation,
    Office,
    Other,
    Place,
    StayName,
    Text,
    Tied,
)
from events.envelope import Ref
from events.parts import CONTAINERS, HOISTED, OTHER, TIES, part_of

CLEAR = "clear"
_WORDS: tuple[tuple[Any, str], ...] = (
    (Day, "day"),
    (Office, "office"),
    (Text, "text"),
    (Address, "text"),
    (Code, "code"),
    (Country, "country"),
    (Ref, "event"),
    (Place, "place"),
    (StayName, "stay"),
    (CaseRef, "case"),
    (Deviation, "deviation"),
    (Other, "person, or what is stated of one, and the office that holds them"),
    (Tied, "tie"),
    (bool, "yes or no"),
    (int, "number"),
    (str, "text"),
    (Any, "value"),
)


class FieldWords(msgspec.Struct, frozen=True):
    """One field: its name as it is stored, what it may hold, the part that it lies in, and whether it must be there."""

    name: str
    holds: str
    lies_in: str
    required: bool


def fields_of(kind: type[Fact]) -> Iterator[FieldWords]:
    """Every field of a payload, in the order of its definition. Raises TypeError where no word is known for one."""
    type_ = str(kind.__struct_config__.tag)
    for field in msgspec.structs.fields(kind):
        name = field.encode_name
        holds = f"a code of the list `{LIST_OF[type_, name]}`" if (type_, name) in LIST_OF else in_words(field.type)
        yield FieldWords(name, holds, lies_in(name, type_), field.required)


def in_words(annotation: Any) -> str:
    """What a field of this type may hold. Raises TypeError where no word is known for it."""
    for known, word in _WORDS:
        if annotation == known:
            return word
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return " \\| ".join(f"`{value}`" for value in inner)
    if origin in {Union, types.UnionType}:
        return " or ".join(in_words(one) for one in inner if one is not types.NoneType)
    if origin is tuple:
        return f"list of: {in_words(inner[0])}"
    if origin in {dict, Mapping}:
        return "fields and values" if inner[1] is Any else f"{in_words(inner[0])} → {in_words(inner[1])}"
    raise TypeError(annotation)


def lies_in(field: str, type_: str) -> str:
    """The part that the value lies in, or where else it stands."""
    if field in CONTAINERS:
        return "each value in its own part"
    if field == TIES or (field == OTHER and type_.startswith("tie.")):
        return "ids, offices and days clear, each value stated in its own part"
    if field == "deviations":
        return "names clear, each value in its own part"
    if field in HOISTED:
        return "envelope"
    return part_of(field, type_) or CLEAR
