"""The store at an address, with its schema brought up to date."""

from __future__ import annotations

from sqlalchemy import make_url

from events.store.sqlite import IN_MEMORY, SqliteStore
from exchange.migrations import upgrade_on


def sqlite_store(path: str, *, wait: float = 10.0) -> SqliteStore:
    """The store in this file, made where there is none; `:memory:` is a private one.

    `wait`: seconds that a transaction waits for another. Raises Unavailable where the file cannot be had.
    """
    store = SqliteStore(path, wait=wait)
    with store.write() as session:
        upgrade_on(session.sql)
    return store


def store_at(url: str) -> SqliteStore:
    """The store at a SQLAlchemy address: `sqlite:///exchange.db`, or `sqlite://` for a private one.

    Raises ValueError where we have no store for such a database.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        raise ValueError(f"no store for {address.get_backend_name()}")
    return sqlite_store(address.database or IN_MEMORY)
