"""The store in SQLite: one process and its threads, or a few processes on one machine.

Writers take turns (BEGIN IMMEDIATE), readers see the last commit (WAL), and a commit survives power loss (FULL).
SQLAlchemy speaks on the very connection on which an append goes straight to the driver; it never begins or commits.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

from msgspec import json
from sqlalchemy import Connection

from events.codec import SealedEvent
from events.store.contract import Same, StoredEvent, Tokens, identical
from events.store.errors import Unavailable
from events.store.gathering import one_by_one
from events.store.sql.events import EventRows, columns_of, fresh
from events.store.sql.feed import FeedRows
from events.store.sql.persons import PersonRows
from events.store.sql.rows import Query
from events.store.sql.unavailable import ToldAs
from events.store.sqlite_append import NAME_ACTS, chained, in_statements, named_by_one, statement
from events.store.sqlite_engine import spoken_on
from events.store.turn import Turn

T = TypeVar("T")

IN_MEMORY = ":memory:"

_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA recursive_triggers = ON",  # or REPLACE would delete a row without asking the trigger that refuses it
    "PRAGMA secure_delete = ON",  # a destroyed key is overwritten, not only forgotten
)
_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY: "store.busy",
    sqlite3.SQLITE_LOCKED: "store.busy",
    sqlite3.SQLITE_FULL: "store.full",
    sqlite3.SQLITE_IOERR_SHMSIZE: "store.full",  # no room even for what those who have the file open share
    sqlite3.SQLITE_READONLY: "store.read_only",
    sqlite3.SQLITE_IOERR: "store.lost",
    sqlite3.SQLITE_CANTOPEN: "store.lost",
    sqlite3.SQLITE_CORRUPT: "store.lost",
    sqlite3.SQLITE_NOTADB: "store.lost",
}


class SqliteSession(EventRows, FeedRows, PersonRows):
    """One transaction. `sql` is for statements of other tables that must commit with it."""

    gathered = one_by_one

    def __init__(self, driver: sqlite3.Connection, sql: Connection) -> None:
        self.driver = driver
        self.sql = sql
        self.appended = 0  # events that were not there before
        self.forgets = False  # a key was destroyed, and may still stand in the write-ahead log

    def destroy_key(self, person: str) -> None:
        super().destroy_key(person)
        self.forgets = True

    def changed(self) -> int:
        return self.driver.total_changes - self._ticks

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What is done inside is taken back where it raises, and nothing that was done before."""
        before = self.appended
        self.driver.execute("SAVEPOINT attempt")
        try:
            with clear_errors():
                yield
        except BaseException:
            self.appended = before
            if self.driver.in_transaction:  # a full disk may have ended it already
                self.driver.execute("ROLLBACK TO attempt")
                self.driver.execute("RELEASE attempt")
            raise
        self.driver.execute("RELEASE attempt")

    def guard(self, tokens: Iterable[bytes]) -> None:
        """Nothing to do: whoever writes has the file for itself."""

    def append(self, events: Sequence[SealedEvent], same: Same = identical) -> tuple[StoredEvent, ...]:
        if len(events) == 1:
            return (self._append_one(events[0], same),)
        with self.attempt():
            return self._append_all(events, same)

    def append_first(self, event: SealedEvent, keys: Mapping[str, bytes], kind: str, tokens: Tokens) -> StoredEvent:
        self.keep(keys, kind, tokens)
        return self.append([event])[0]

    def _append_all(self, events: Sequence[SealedEvent], same: Same) -> tuple[StoredEvent, ...]:
        counted = sum(self._insert(rows) for rows in in_statements(chained(events)))
        if counted == len(events):
            self.appended += counted
            stored = tuple(map(fresh, events))
        else:
            self.driver.execute("ROLLBACK TO attempt")
            stored = tuple(self._append_one(event, same) for event in events)
        if named := named_by_one(events):
            self.driver.execute(NAME_ACTS, (json.encode(named).decode(), len(events)))
        return stored

    def offer(self, event: SealedEvent) -> bool:
        """Append it in one statement, unless it is there already or its version does not follow."""
        taken = self._insert([(*columns_of(event), event.frame.version - 1)])
        self.appended += taken
        return taken == 1

    def _append_one(self, event: SealedEvent, same: Same) -> StoredEvent:
        return fresh(event) if self.offer(event) else self._repeated(event, same)

    def ask_rows(self, query: Query, keys: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
        given = [json.encode(list(keys)).decode()] if "?" in query.in_sqlite else []
        return self.driver.execute(query.in_sqlite, given)

    def _insert(self, rows: Sequence[tuple[object, ...]]) -> int:
        """How many of the rows were taken: one at a wrong version, or there already, is left out."""
        return self.driver.execute(statement(len(rows)), tuple(chain.from_iterable(rows))).rowcount


class SqliteStore:
    """A file, or `:memory:` for a private store that ends with this object.

    `wait`: seconds that a transaction waits for another that writes.
    """

    def __init__(self, path: str | Path, *, wait: float = 10.0) -> None:
        self._path = str(path)
        self._wait = wait
        self._turn = Turn(wait)
        self._idle: list[SqliteSession] = []
        self._open: list[SqliteSession] = []
        with clear_errors():
            self._writer = self._connected()

    @contextmanager
    def write(self, guard: Iterable[bytes] = ()) -> Iterator[SqliteSession]:
        """A transaction that commits when the block ends, and takes everything back when it raises.

        Nobody is to be waited for by a guard: whoever writes has the file for itself.
        """
        with self._turn, clear_errors():
            with _transaction(self._writer.driver, "BEGIN IMMEDIATE"):
                self._writer.appended = 0
                yield self._writer
            if self._writer.forgets:
                # Empties the write-ahead log; where a reader still needs it, the next commit tries again.
                (kept, _, _) = self._writer.driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                self._writer.forgets = bool(kept)

    @contextmanager
    def read(self, offices: Collection[str] = ()) -> Iterator[SqliteSession]:
        """One moment of the store; writing in it is refused. A file has no second wall between `offices`."""
        if self._path == IN_MEMORY:
            with self._turn, clear_errors(reading=True), _read_only(self._writer.driver):
                yield self._writer
            return
        with clear_errors(reading=True):
            reader = self._idle.pop() if self._idle else self._connected()
            try:
                with _read_only(reader.driver):
                    yield reader
            finally:
                self._idle.append(reader)

    def glance(self, ask: Callable[[SqliteSession], T]) -> T:
        """What `ask` finds in one moment. Statements cost little here."""
        with self.read() as session:
            return ask(session)

    def append_alone(self, event: SealedEvent, same: Same = identical) -> StoredEvent:
        """Append one event that nothing else goes with, by one statement that commits itself."""
        with self._turn, clear_errors():
            # Where a key may still stand in the write-ahead log, the commit that empties it is not left out.
            if not self._writer.forgets and self._writer.offer(event):
                return fresh(event)
        with self.write() as session:
            return session.append([event], same)[0]

    def confirm(self) -> None:
        """What stands in the file is safe."""

    def close(self) -> None:
        """Close every connection. Nobody may be inside a transaction."""
        for session in self._open:
            session.sql.close()
            session.driver.close()
        self._open.clear()
        self._idle.clear()

    def _connected(self) -> SqliteSession:
        # Transactions are begun and ended here alone; a connection goes from thread to thread, but one at a time.
        driver = sqlite3.connect(self._path, timeout=self._wait, isolation_level=None, check_same_thread=False)
        driver.text_factory = _text
        try:
            for pragma in _PRAGMAS:
                driver.execute(pragma)
        except BaseException:
            driver.close()
            raise
        session = SqliteSession(driver, spoken_on(driver))
        self._open.append(session)
        return session


def _text(stored: bytes) -> str:
    """What stands in a column of text: whoever has the file can write there what no text is, and must be found out."""
    return stored.decode("utf-8", "replace")


def clear_errors(*, reading: bool = False) -> AbstractContextManager[None]:
    """Says Unavailable for what is no fault of the request: a database that is busy, full, write-protected or lost.

    `reading`: whoever writes nevertheless is at fault, not the database.
    """
    return _TOLD_READING if reading else _TOLD


def _unavailable(error: object, *, reading: bool) -> Unavailable | None:
    code = getattr(error, "sqlite_errorcode", None)
    rule = _UNAVAILABLE.get(code, _UNAVAILABLE.get(code & 0xFF)) if isinstance(code, int) else None
    return None if rule is None or (reading and rule == "store.read_only") else Unavailable(rule=rule)


_TOLD = ToldAs(sqlite3.DatabaseError, partial(_unavailable, reading=False))
_TOLD_READING = ToldAs(sqlite3.DatabaseError, partial(_unavailable, reading=True))


@contextmanager
def _transaction(driver: sqlite3.Connection, begin: str) -> Iterator[None]:
    driver.execute(begin)
    try:
        yield
        driver.execute("COMMIT")
    except BaseException:
        # A full disk may have ended the transaction already.
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        raise


@contextmanager
def _read_only(driver: sqlite3.Connection) -> Iterator[None]:
    driver.execute("PRAGMA query_only = ON")
    try:
        with _transaction(driver, "BEGIN"):
            yield
    finally:
        driver.execute("PRAGMA query_only = OFF")
