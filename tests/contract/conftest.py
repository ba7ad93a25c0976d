"""Every store that keeps the contract, each empty and migrated."""

from collections.abc import Iterator

import pytest

from events.store.contract import Store
from events.store.memory import MemoryStore
from events.store.sqlite import IN_MEMORY, SqliteStore
from exchange.stores import sqlite_store


@pytest.fixture(params=[None, "{}/exchange.db", IN_MEMORY], ids=["dictionaries", "file", "private"])
def store(request, tmp_path) -> Iterator[Store]:
    made: Store = MemoryStore() if request.param is None else sqlite_store(request.param.format(tmp_path))
    yield made
    made.close()


@pytest.fixture
def sqlite(tmp_path) -> Iterator[SqliteStore]:
    made = sqlite_store(f"{tmp_path}/exchange.db")
    yield made
    made.close()
