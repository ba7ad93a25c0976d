"""Files of SQLite for the tests of one process: their schema is made by the steps once, and no commit waits for a disk.

As in `databases`: a template instead of all steps each time, and nothing that only a loss of power would show.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from events.store import sqlite
from exchange.migrations import upgrade_on

IN_EARNEST = sqlite._PRAGMAS
_DURABLE, _SWIFT = "PRAGMA synchronous = FULL", "PRAGMA synchronous = OFF"


@contextmanager
def swift() -> Iterator[None]:
    """Inside of it, stores of this process are opened so. What other processes open, they open in earnest."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("exchange.stores.upgrade_on", upgrade_at_once)
        changed.setattr(sqlite, "_PRAGMAS", tuple(_SWIFT if each == _DURABLE else each for each in IN_EARNEST))
        yield


def upgrade_at_once(connection: Connection) -> None:
    """An empty file comes to what the steps made of another; any other database goes by the steps."""
    empty = connection.dialect.name == "sqlite" and not connection.exec_driver_sql("SELECT 1 FROM sqlite_master").all()
    if not empty:
        upgrade_on(connection)
        return
    for statement in _made():
        connection.exec_driver_sql(statement)


@lru_cache
def _made() -> tuple[str, ...]:
    """What all steps make of an empty file, as statements."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    with engine.begin() as connection:
        upgrade_on(connection)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        made = tuple(driver.iterdump())
    engine.dispose()
    return tuple(each for each in made if each not in {"BEGIN TRANSACTION;", "COMMIT;"})
