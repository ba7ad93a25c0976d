"""Judging goes on after the first fault, so that a caller mends everything at once."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from events.errors import Malformed, Several


class Faults:
    """Keeps every Malformed of the blocks that it surrounds (`with faults:`); `settle` raises them together."""

    def __init__(self) -> None:
        self._found: list[Malformed] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        if not isinstance(error, Malformed):
            return False
        self._found += error.faults
        return True

    def settle(self) -> None:
        """Raises what was kept: the one fault as it is, more of them as Several. Returns where there is none."""
        if len(self._found) == 1:
            raise self._found[0]
        if self._found:
            raise Several(self._found)
