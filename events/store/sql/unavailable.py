"""A database that cannot be used now, told as Unavailable, whichever way its driver says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from events.store.errors import Unavailable


@contextmanager
def told_as(kind: type[Exception], meaning: Callable[[object], Unavailable | None]) -> Iterator[None]:
    """Raises what the driver's error means, also where SQLAlchemy wraps it; the error itself where it means no more.

    `kind`: of all errors of the driver.
    """
    try:
        yield
    except (DBAPIError, kind) as error:
        found = meaning(error.orig if isinstance(error, DBAPIError) else error)
        if found is None:
            raise
        raise found from error
