"""Comparing what is stated with what is held (catalogue, rule 4). Pure.

That one side merely holds less is no difference: of a name, that it knows no other script or reading. Dates are
compared as far as both are known; a document that only one side knows says nothing. One
number written in two ways is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from events import documents
from events.catalogue.values import Deviation
from events.errors import Malformed
from events.names import same_name
from events.partial_date import agrees

NOTHING: Mapping[str, Sequence[Any]] = MappingProxyType({})


def differences(
    ours: Mapping[str, Any], yours: Mapping[str, Any], before: Mapping[str, Sequence[Any]] = NOTHING
) -> tuple[Deviation, ...]:
    """Every field that both sides hold with values that differ, in the order of the fields' names.

    `before`: what we held of a field besides, on the day in question or since, and is no difference either.
    """
    return tuple(
        Deviation(field, ours[field], value)
        for field, value in sorted(yours.items())
        if field in ours and not any(alike(field, held, value) for held in (ours[field], *before.get(field, ())))
    )


def alike(field: str, one: Any, other: Any) -> bool:
    """Whether two values of a particular say the same."""
    if one == other or one is None or other is None:
        return True
    if field == "name":
        return same_name(one, other)
    if field == "born_on" and isinstance(one, str) and isinstance(other, str):
        return agrees(one, other)
    if field == "nationality" and isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return set(one) == set(other)
    if field.startswith("document."):
        return bool(_canonical(field, one) == _canonical(field, other))
    return False


def _canonical(field: str, document: Any) -> Any:
    """The number in its one form: a card's fifteen digits are eighteen today."""
    number: Any = document.get("number") if isinstance(document, Mapping) else document
    try:
        return documents.parse(field.removeprefix("document."), number, as_printed=True).canonical
    except (Malformed, TypeError, AttributeError):
        return number  # of a foreign fact our rules may not know the number
