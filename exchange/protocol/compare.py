"""Comparing what is stated with what is held (catalogue, rule 4). Pure.

That one side merely holds less is no difference; dates are compared as far as both are known; a document that
only one side knows says nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from events.catalogue.values import Deviation
from events.names import same_name
from events.partial_date import agrees


def differences(ours: Mapping[str, Any], yours: Mapping[str, Any]) -> tuple[Deviation, ...]:
    """Every field that both sides hold with values that differ, in the order of the fields' names."""
    return tuple(
        Deviation(field, ours[field], value)
        for field, value in sorted(yours.items())
        if field in ours and not alike(field, ours[field], value)
    )


def alike(field: str, one: Any, other: Any) -> bool:
    """Whether two values of a particular say the same."""
    if one == other or one is None or other is None:
        return True
    if field == "name" and isinstance(one, str) and isinstance(other, str):
        return same_name(one, other)
    if field == "born_on" and isinstance(one, str) and isinstance(other, str):
        return agrees(one, other)
    if field == "nationality" and isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return set(one) == set(other)
    if field.startswith("document.") and isinstance(one, Mapping) and isinstance(other, Mapping):
        return bool(one.get("number") == other.get("number"))
    return False
