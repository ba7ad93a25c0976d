"""The store at an address, with its schema brought up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import URL, Connection, create_engine, make_url, text
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.pool import NullPool

from events.errors import Malformed
from events.store.errors import Unavailable
from events.store.sqlite import IN_MEMORY, SqliteStore
from exchange.extras import NotInstalled
from exchange.migrations import current, steps, upgrade_on
from exchange.settings import SettingsWrong
from exchange.unit_of_work import SqlStore

APP_ROLE = "exchange_app"  # made by the steps of the schema, and what every connection of the application becomes
CALLER_ROLE = "exchange_caller"  # what a connection becomes that reads for one office; it sees no rows of others
PATIENCE = 10.0  # seconds that a step of the schema waits for others: whoever comes behind it waits as long
_ENCODING = "UTF8"
_UPGRADING = 7_031_984  # names the lock of whoever brings the schema up to date


def sqlite_store(path: str, *, wait: float = 10.0) -> SqliteStore:
    """The store in this file, made where there is none; `:memory:` is a private one.

    `wait`: seconds that a transaction waits for another. Raises Unavailable where the file cannot be had, SettingsWrong
    where a newer version has had it.
    """
    store = SqliteStore(path, wait=wait)
    try:
        with store.write() as session:
            if _known(session.sql, "data") != steps()[-1]:
                upgrade_on(session.sql)
    except BaseException:
        store.close()
        raise
    return store


def postgres_store(address: URL, *, role: str | None = APP_ROLE) -> SqlStore:
    """The store in this database, its schema brought up to date by whoever the address logs in, if it is not yet.

    Raises Unavailable where the database cannot be reached, SettingsWrong where it is not for us or this version,
    NotInstalled where its driver is missing.
    """
    try:
        from events.store.postgres import PostgresStore  # noqa: PLC0415 (comes with the extra `server`)
        from events.store.postgres_errors import clear_errors  # noqa: PLC0415 (the same)
    except ModuleNotFoundError as error:
        raise NotInstalled(field="database_url", rule="settings.no_server", missing=error.name) from error
    with clear_errors(), _ours():
        _upgrade(address)
    return PostgresStore(address, role=role, caller=role and CALLER_ROLE)


def store_at(url: str) -> SqlStore:
    """The store at a SQLAlchemy address: `postgresql+psycopg://…`, `sqlite:///exchange.db`, or `sqlite://` for a
    private one.

    Raises ValueError where we have no store for such a database.
    """
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        return postgres_store(address)
    if address.get_backend_name() != "sqlite":
        raise ValueError(f"no store for {address.get_backend_name()}")
    return sqlite_store(address.database or IN_MEMORY)


@contextmanager
def _ours() -> Iterator[None]:
    """Says in the words of the database why it cannot be opened: SettingsWrong where it refuses the address or what its
    login may do, Unavailable where it cannot be reached, or lets nobody of that name or password in.
    """
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) is not None:  # it was reached: busy, full or whatever else
            raise
        why = str(error.orig).strip().splitlines()[0]
        raise Unavailable(field="database_url", rule="store.out_of_reach", why=why) from error
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) not in _REFUSED:
            raise
        raise SettingsWrong(
            {"database_url": Malformed(rule="settings.database", why=str(error.orig).strip())}
        ) from error


_NO_RIGHT = "42501"
_REFUSED = (None, _NO_RIGHT)  # by its driver, which does not understand the address; for want of a right


def _known(connection: Connection, setting: str) -> str | None:
    """The step at which the database stands. Raises SettingsWrong where a newer version brought it there."""
    step = current(connection)
    if step is not None and step not in steps():
        newer = Malformed(rule="settings.database_newer", step=step, newest=steps()[-1])
        raise SettingsWrong({setting: newer})
    return step


def _in_every_script(connection: Connection) -> None:
    """Raises SettingsWrong where the database was made for fewer signs than names are written with."""
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != _ENCODING:
        raise SettingsWrong({"database_url": Malformed(rule="settings.database_encoding", encoding=encoding)})


def _upgrade(address: URL) -> None:
    engine = create_engine(
        address.set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        connect_args={"client_encoding": _ENCODING},  # that of the database may be none, which reads as bytes
    )
    with engine.connect() as connection:
        _in_every_script(connection)
        step = _known(connection, "database_url")
    if step != steps()[-1]:
        with _by_its_owner(step), engine.begin() as connection:
            # Several processes may open the database at once: one works, the others find it done.
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADING})
            connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE:g}s'"))
            upgrade_on(connection)


@contextmanager
def _by_its_owner(step: str | None) -> Iterator[None]:
    """Says where a login that may not change the schema finds it at an earlier step, or none at all."""
    try:
        yield
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != _NO_RIGHT:
            raise
        why = str(error.orig).strip().splitlines()[0]
        older = Malformed(rule="settings.database_older", step=step or "–", newest=steps()[-1], why=why)
        raise SettingsWrong({"database_url": older}) from error
