"""A database that cannot be used now, told as Unavailable, whichever way its driver says so."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType

from sqlalchemy.exc import DBAPIError

from events.store.errors import Unavailable


class ToldAs:
    """A block out of which comes what the driver's error means, also where SQLAlchemy wraps it; the error itself where
    it means no more.

    `kind`: of all errors of the driver.
    """

    __slots__ = ("_kind", "_meaning")

    def __init__(self, kind: type[Exception], meaning: Callable[[object], Unavailable | None]) -> None:
        self._kind = kind
        self._meaning = meaning

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: type[BaseException] | None, error: BaseException | None, __: TracebackType | None) -> None:
        if isinstance(error, (DBAPIError, self._kind)):
            found = self._meaning(error.orig if isinstance(error, DBAPIError) else error)
            if found is not None:
                raise found from error
