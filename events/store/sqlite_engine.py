"""SQLAlchemy on the connections of SQLite: one engine for all of a process, so that a statement is compiled once.

With one for each connection, every reader compiled anew what it asked.
"""

from __future__ import annotations

import sqlite3
import threading
from functools import lru_cache

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine
from sqlalchemy.event import listen
from sqlalchemy.pool import NullPool

_handed = threading.local()  # the connection that this thread has the engine speak on next


def spoken_on(driver: sqlite3.Connection) -> Connection:
    """SQLAlchemy on this very connection, in a transaction of its own belief that is never ended: so nothing that gets
    it begins or commits on its own.
    """
    _handed.driver = driver
    try:
        sql = _engine().connect()
    finally:
        del _handed.driver
    sql.begin()
    return sql


@lru_cache(maxsize=1)
def _engine() -> Engine:
    engine = create_engine(
        "sqlite://",
        creator=lambda: _handed.driver,
        poolclass=NullPool,
        pool_reset_on_return=None,
        hide_parameters=True,
    )
    listen(engine, "handle_error", _still_connected)
    return engine


def _still_connected(context: ExceptionContext) -> None:
    """A file is never disconnected: else Ctrl-C in a statement would close what is to be rolled back next."""
    context.is_disconnect = False
