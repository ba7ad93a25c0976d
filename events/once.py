"""Found once of whatever it is asked of, and kept with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

Found = TypeVar("Found")


class once(Generic[Found]):  # noqa: N801 (a decorator, as `property` is)
    """`functools.cached_property` without the lock that it takes on Python 3.11: what it finds here is found by one
    thread, or is the same by whichever finds it. Each dossier that is settled asks for a few dozen such.
    """

    def __init__(self, find: Callable[[Any], Found]) -> None:
        self._find = find
        self.__doc__ = find.__doc__

    def __set_name__(self, _owner: type, name: str) -> None:
        self._name = name

    def __get__(self, holder: Any, _owner: type) -> Found:
        found = holder.__dict__[self._name] = self._find(holder)
        return found
