"""What the tests of one process make again and again, and what is the same each time, which is then made once.

Files of SQLite, as in `databases`: their schema is a template instead of all steps, and no commit waits for a disk,
which only a loss of power would show. And the routes of the application.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool
from werkzeug.routing import Rule

from events.store import sqlite
from exchange.migrations import upgrade_on

IN_EARNEST = sqlite._PRAGMAS
_compiled = Rule._compile_builder
_DURABLE, _SWIFT = "PRAGMA synchronous = FULL", "PRAGMA synchronous = OFF"


@contextmanager
def swift() -> Iterator[None]:
    """Inside of it, stores of this process are opened so. What other processes open, they open in earnest."""
    with pytest.MonkeyPatch.context() as changed:
        changed.setattr("exchange.stores.upgrade_on", upgrade_at_once)
        changed.setattr(Rule, "_compile_builder", compiled_once())
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


def compiled_once() -> Callable[[Rule, bool], Any]:
    """Code that builds the path of a route, and is made of the text of the route alone: forty times an application."""
    made: dict[tuple[Any, ...], Any] = {}

    def compiled(route: Rule, append_unknown: bool = True) -> Any:
        key = (route.rule, str(route._trace), str(route.defaults), append_unknown)
        if key not in made:
            made[key] = _compiled(route, append_unknown)
        return made[key]

    return compiled


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
