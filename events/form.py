"""What is wrong with the form of plain data that a type was to be made of: the place, a stable rule, its values.

The library that judges the form says it in English sentences; people are told by rule, in their own language.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import inspect

_RULES = (
    (re.compile(r"Object missing required field `(?P<name>[^`]+)`"), "schema.missing"),
    (re.compile(r"Object contains unknown field `(?P<name>[^`]+)`"), "schema.unknown"),
    (re.compile(r"Expected `str` matching regex"), "schema.pattern"),
    (re.compile(r"Expected `(?:str|array)` of (?:at least |at most )?length"), "schema.size"),
    (re.compile(r"Expected `(?:null \| )?str\b"), "schema.text"),
    (re.compile(r"Expected `(?:null \| )?array\b"), "schema.list"),
    (re.compile(r"Expected `(?:null \| )?object\b"), "schema.object"),
    (re.compile(r"Expected `(?:null \| )?bool\b"), "schema.flag"),
    (re.compile(r"Expected `(?:null \| )?int\b"), "schema.number"),
)
_ODD = "schema.invalid"
_STEP = re.compile(r"\[(\d+|\.\.\.)\]")


class Misfit(msgspec.Struct, frozen=True):
    """One fault of form. `field`: its path below what was judged; empty: the whole."""

    field: str
    rule: str
    details: Mapping[str, object]


def misfit(error: msgspec.ValidationError, kind: Any) -> Misfit:
    """What `error` says of data that was to become `kind`; a choice names the words that stand open."""
    message, _, below = str(error).partition(" - at `$")
    path = _STEP.sub(r".\1", below.rstrip("`")).strip(".")
    for form, rule in _RULES:
        if found := form.match(message):
            name = found.groupdict().get("name")
            return Misfit(".".join(filter(None, [path, name])), rule, {})
    choices = _choices(kind, path.split(".") if path else [])
    return Misfit(path, "schema.choice", {"choices": ", ".join(choices)}) if choices else Misfit(path, _ODD, {})


def _choices(kind: Any, path: Sequence[str]) -> Sequence[str]:
    """The words of the code list at this place of the type; none where no list stands there."""
    found = [inspect.type_info(kind)]
    for step in path:
        found = [below for each in found for below in _below(each, step)]
    return [
        str(word)
        for each in found
        for one in _each(each)
        if isinstance(one, inspect.LiteralType)
        for word in one.values
    ]


def _each(found: inspect.Type) -> Sequence[inspect.Type]:
    return found.types if isinstance(found, inspect.UnionType) else (found,)


def _below(found: inspect.Type, step: str) -> list[inspect.Type]:
    """The types that may stand at this step: a field's, an item's, a value's."""
    below: list[inspect.Type] = []
    for one in _each(found):
        if isinstance(one, inspect.StructType):
            below += [
                field.type
                for place, field in enumerate(one.fields)
                if step == (str(place) if one.array_like else field.encode_name)
            ]
        elif isinstance(one, inspect.VarTupleType):
            below.append(one.item_type)
        elif isinstance(one, inspect.TupleType) and step.isdigit() and int(step) < len(one.item_types):
            below.append(one.item_types[int(step)])
        elif isinstance(one, inspect.DictType):
            below.append(one.value_type)
    return below
