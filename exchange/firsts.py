"""What was found, kept only as far as somebody reads it: however much is wrong, memory stays small."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic, TypeVar

T = TypeVar("T")

MOST = 1_000


class Firsts(Generic[T]):
    """The first of them, and how many there were."""

    def __init__(self, most: int = MOST) -> None:
        self.kept: list[T] = []
        self.in_all = 0
        self._most = most

    def add(self, found: Iterable[T]) -> None:
        """Some more of them."""
        for each in found:
            self.in_all += 1
            if len(self.kept) < self._most:
                self.kept.append(each)
