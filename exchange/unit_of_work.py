"""The one place that commits: a transaction over the store and the tables, and the wake-up after it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy import Connection

from events.codec import SealedEvent
from events.envelope import Ref
from events.store.contract import Gathered, Session, StoredEvent
from events.store.errors import Unavailable
from events.store.sql.events import EventRow
from events.store.sql.rows import Query
from exchange.wake import Wake, nobody

T = TypeVar("T")

_log = structlog.get_logger(__name__)


class SqlSession(Session, Protocol):
    """A transaction of a store in a database; the statements of other tables run on `sql` and commit with it."""

    sql: Connection
    appended: int

    def attempt(self) -> AbstractContextManager[None]:
        """What is done inside is taken back where it raises, and nothing that was done before. Raises Unavailable."""

    def ask_rows(self, query: Query, keys: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
        """Put a question straight to the driver."""

    def rows_of(self, subjects: Iterable[str]) -> list[EventRow]:
        """The rows of every event that, by its column, is about these subjects."""

    def rows_about_offices(self) -> list[EventRow]:
        """The rows of every event that, by its column, is about an office."""

    def without_waiting(self) -> AbstractContextManager[object]:
        """Inside of it, rows may be sent before those before them are written: what is wrong is raised at its end."""

    def changed(self) -> int:
        """A number that grows while the transaction lasts with each row written, but not with the moment of the log."""


class Glance(Protocol):
    """What sees one moment for one question, of which nothing is left behind it."""

    def gathered(self, persons: Iterable[str], named: Iterable[Ref] = ()) -> Gathered: ...

    def ask_rows(self, query: Query, keys: Iterable[Any]) -> Iterable[tuple[Any, ...]]: ...


class SqlStore(Protocol):
    """A store in a database."""

    def write(self, guard: Iterable[bytes] = ()) -> AbstractContextManager[SqlSession]: ...

    def read(self, offices: Collection[str] = ()) -> AbstractContextManager[SqlSession]: ...

    def glance(self, ask: Callable[[Glance], T]) -> T: ...

    def append_alone(self, event: SealedEvent) -> StoredEvent: ...

    def confirm(self) -> None: ...

    def close(self) -> None: ...


class UnitOfWork:
    """Begins transactions. `wake` is called after a commit in which events were appended."""

    def __init__(self, store: SqlStore, wake: Wake = nobody) -> None:
        self.full = False  # whether the disk was, since something was last written
        self._store = store
        self._wake = wake

    @contextmanager
    def begin(self, guard: Iterable[bytes] = ()) -> Iterator[SqlSession]:
        """A transaction that commits when the block ends and is taken back when it raises.

        `guard`: tokens with one of which nobody else passes here until then (`Session.guard`).
        Raises Unavailable where the database is busy for too long, full or lost.
        """
        with self._noticing():
            was_full = self.full
            with self._store.write(guard) as session:
                before = session.changed() if was_full else 0
                yield session
                appended = session.appended
                wrote = was_full and session.changed() > before
            if wrote:
                self.full = False
        if appended:
            self._wake_up()

    def append(self, event: SealedEvent) -> StoredEvent:
        """Append and commit one event that nothing else goes with. Raises StaleVersion, Conflict, Unavailable."""
        if self.full:  # then it counts whether anything is written, which a repeat does not
            with self.begin() as session:
                return session.append([event])[0]
        try:
            stored = self._store.append_alone(event)
        except Unavailable as error:
            self._notice(error)
            raise
        self._wake_up()
        return stored

    def confirm(self) -> None:
        """Before it is told again what somebody committed: is it safe? Raises Unavailable while it is not."""
        self._store.confirm()

    @contextmanager
    def look(self, offices: Collection[str] = ()) -> Iterator[SqlSession]:
        """One moment, for reading only. Raises Unavailable as `begin` does.

        `offices`: for whom it is read, whole codes or how they begin: a database that can shows no rows of others.
        """
        with self._store.read(offices) as session:
            yield session

    def glance(self, ask: Callable[[Glance], T]) -> T:
        """What `ask` finds by one question: one moment, for reading only, in as few round trips as there can be."""
        return self._store.glance(ask)

    def close(self) -> None:
        """Let go of the database."""
        self._store.close()

    @contextmanager
    def _noticing(self) -> Iterator[None]:
        try:
            yield
        except Unavailable as error:
            self._notice(error)
            raise

    def _notice(self, error: Unavailable) -> None:
        self.full = self.full or error.rule == "store.full"

    def _wake_up(self) -> None:
        try:
            self._wake()
        except Exception:  # noqa: BLE001 (what was committed stands, whoever could not be told; the sweep comes behind)
            _log.exception("wake_up_failed")
