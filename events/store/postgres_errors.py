"""What an error of PostgreSQL means, where it is no fault of the request."""

from __future__ import annotations

from contextlib import AbstractContextManager

import psycopg
from psycopg import errors

from events.store.errors import Unavailable
from events.store.sql.unavailable import ToldAs

_BUSY = (
    errors.LockNotAvailable,
    errors.QueryCanceled,
    errors.DeadlockDetected,
    errors.SerializationFailure,
    errors.TooManyConnections,
    errors.IdleInTransactionSessionTimeout,
    errors.TransactionTimeout,
)
_LOCKS = "max_locks_per_transaction"  # named in the hint, in whichever language the server speaks


def clear_errors() -> AbstractContextManager[None]:
    """Says Unavailable for what is no fault of the request: a database that is busy, full or lost."""
    return ToldAs(psycopg.Error, _unavailable)


def _unavailable(error: object) -> Unavailable | None:
    if isinstance(error, _BUSY):
        return Unavailable(rule="store.busy")
    if isinstance(error, errors.DiskFull):
        return Unavailable(rule="store.full")
    if isinstance(error, errors.OutOfMemory):  # the same code for the memory of the machine and for the table of locks
        return Unavailable(rule="store.locks" if _LOCKS in (error.diag.message_hint or "") else "store.memory")
    return Unavailable(rule="store.lost") if isinstance(error, psycopg.OperationalError) else None
