"""Upcasts: stored content of an older schema read as the newest. Stored bytes are never touched."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Content = dict[str, Any]
Upcast = Callable[[Content], Content]

# (type, version from which it lifts by one) -> how
UPCASTS: dict[tuple[str, int], Upcast] = {}


def upcast(type_: str, schema: int, content: Content, upcasts: dict[tuple[str, int], Upcast] | None = None) -> Content:
    """`content` lifted step by step from version `schema` to the newest that has a step."""
    steps = UPCASTS if upcasts is None else upcasts
    while (step := steps.get((type_, schema))) is not None:
        content = step(content)
        schema += 1
    return content
