"""The base of every wire format: unknown fields are refused, and each fault is a rule, not a sentence.

A message is `rule name=value …`; texts for people are made of it where the language is known.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from dataclasses import field as of
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError

MOST_FAULTS = 1_000  # that one answer names, but for
FEW_FAULTS = 20  # of each item of a list, where others have many
_DETAIL = re.compile(r" (\w+)=(.*?)(?= \w+=|$)")


@dataclass(frozen=True, slots=True)
class Fault:
    """One invalid field: where it stands (dotted, from the root), the rule that it breaks, the values of the rule."""

    field: str
    rule: str
    details: dict[str, object] = of(default_factory=dict)


class Wire(Schema):
    """A wire format. `max_bytes` is the size of body that it may take."""

    max_bytes: ClassVar[int] = 64 * 1024
    error_messages: dict[str, str] = {"unknown": "schema.unknown", "type": "schema.object"}  # noqa: RUF012

    class Meta:
        """What marshmallow reads."""

        unknown = RAISE


def faults(messages: Any, path: str = "") -> Iterator[Fault]:
    """Every fault in the messages of a ValidationError."""
    if isinstance(messages, dict):
        for key, below in messages.items():
            yield from faults(below, path if key == "_schema" else f"{path}.{key}".strip("."))
    elif isinstance(messages, list):
        for message in messages:
            yield from faults(message, path)
    else:
        yield Fault(path or "$", str(messages).partition(" ")[0], dict(_DETAIL.findall(str(messages))))


def let_go(error: BaseException | None) -> None:
    """Forget where it was raised: the library's frame there holds the error itself, and with it the whole document."""
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def invalid(found: Iterable[Fault]) -> ValidationError:
    """One error for all these faults, each at its place in the document."""
    tree: dict[str, Any] = {}
    for fault in found:
        place = tree
        for step in fault.field.split(".") if fault.field != "$" else ():
            place = place.setdefault(step, {})
        told = " ".join([fault.rule, *(f"{name}={value}" for name, value in fault.details.items())])
        place.setdefault("_schema", []).append(told)  # beside what is wrong below it
    return ValidationError(tree)
