"""Every store that keeps the contract, each empty and migrated."""

from collections.abc import Iterator

import pytest

from events.store.contract import Store
from events.store.memory import MemoryStore
from events.store.postgres import PostgresStore
from events.store.sqlite import IN_MEMORY, SqliteStore
from exchange.stores import APP_ROLE, sqlite_store
from tests.databases import PARTITIONED, PLAIN, database

IN_POSTGRES = {"postgres": PLAIN, "partitioned": PARTITIONED}


@pytest.fixture(params=["dictionaries", "file", "private", *IN_POSTGRES])
def store(request, tmp_path) -> Iterator[Store]:
    if request.param in IN_POSTGRES:
        with database(request.getfixturevalue("server"), IN_POSTGRES[request.param]) as url:
            kept: Store = PostgresStore(url, role=APP_ROLE)
            yield kept
            kept.close()
        return
    path = IN_MEMORY if request.param == "private" else f"{tmp_path}/exchange.db"
    opened: Store = MemoryStore() if request.param == "dictionaries" else sqlite_store(path)
    yield opened
    opened.close()


@pytest.fixture
def sqlite(tmp_path) -> Iterator[SqliteStore]:
    made = sqlite_store(f"{tmp_path}/exchange.db")
    yield made
    made.close()


@pytest.fixture(params=list(IN_POSTGRES.values()))
def url(request, server) -> Iterator[str]:
    """The address of a fresh database in PostgreSQL."""
    with database(server, request.param) as address:
        yield address


@pytest.fixture
def postgres(url) -> Iterator[PostgresStore]:
    made = PostgresStore(url, role=APP_ROLE)
    yield made
    made.close()
