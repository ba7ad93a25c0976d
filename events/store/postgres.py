"""The store in PostgreSQL: any number of processes and machines, with connections of their own in each process.

SQLAlchemy speaks on the very connection on which what is hot goes straight to the driver; it never begins or commits.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

import psycopg
from sqlalchemy import URL, create_engine, make_url
from sqlalchemy.pool import NullPool

from events.codec import SealedEvent
from events.store.contract import Same, StoredEvent, identical
from events.store.errors import Unavailable
from events.store.postgres_errors import clear_errors
from events.store.postgres_gathering import Glimpse
from events.store.postgres_session import HeadLimits, PostgresSession, guard_keys

T = TypeVar("T")

_WRITE = "BEGIN"
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

WHOLE = 12  # digits of an office; fewer begin the codes of an area

IDLE = psycopg.pq.TransactionStatus.IDLE


class PostgresStore:
    """A database at a SQLAlchemy address (`postgresql+psycopg://…`).

    `role`: what every connection becomes, so that nothing here may change what was appended. `caller`: what those do
    that read for some offices, to whom the database shows no rows of others. `most`: connections in one process, of
    either. `wait`: seconds that a statement waits for a lock, and a thread for a connection. `idle`: seconds after
    which a transaction that does nothing is cut off. `head`: the same for whoever holds the head of the log.
    """

    def __init__(
        self,
        url: str | URL,
        *,
        role: str | None = None,
        caller: str | None = None,
        most: int = 32,
        wait: float = 10.0,
        idle: float = 60.0,
        head: HeadLimits | None = None,
    ) -> None:
        self.url = make_url(url)
        self._wait = wait
        self._head = head or HeadLimits(wait=f"{wait:g}s")
        options = {"lock_timeout": f"{wait * 1000:.0f}", "idle_in_transaction_session_timeout": f"{idle * 1000:.0f}"}
        if role is not None:
            options["role"] = role
        self._options = " ".join(f"-c {name}={value}" for name, value in options.items())
        self._engine = create_engine(
            self.url.set(drivername="postgresql+psycopg"),
            creator=self._driver,
            hide_parameters=True,  # an error is logged; what persons are must not be
            poolclass=NullPool,
            pool_reset_on_return=None,
            use_native_hstore=False,
        )
        self._most = most
        self._mine = threading.local()
        self._inherited: list[PostgresSession] = []
        self._begin_process()
        self._walled = caller and PostgresStore(url, role=caller, most=most, wait=wait, idle=idle)

    def _begin_process(self) -> None:
        self._pid = os.getpid()
        self._room: SimpleQueue[None] = SimpleQueue()  # one for each connection that may yet be taken
        for _ in range(self._most):
            self._room.put(None)
        self._idle: list[PostgresSession] = []
        self._open: list[PostgresSession] = []

    @contextmanager
    def write(self, guard: Iterable[bytes] = ()) -> Iterator[PostgresSession]:
        """A transaction that commits when the block ends, and takes everything back when it raises.

        `guard`: tokens, as of `Session.guard`. Raises Unavailable where whoever is inside with one stays for too long.
        """
        if getattr(self._mine, "writes", False):
            raise RuntimeError("this thread is inside a transaction already")
        self._mine.writes = True
        try:
            with self._transaction(_WRITE + _passing(guard)) as session:
                yield session
        finally:
            self._mine.writes = False

    @contextmanager
    def read(self, offices: Collection[str] = ()) -> Iterator[PostgresSession]:
        """One moment of the store, for these offices (codes, or how they begin) or all; writing in it is refused."""
        if offices and self._walled:
            with self._walled.read(offices) as session:
                yield session
            return
        with self._transaction(_READ + seeing(offices)) as session:
            yield session

    def append_alone(self, event: SealedEvent, same: Same = identical) -> StoredEvent:
        """Append one event that nothing else goes with: one statement, one round trip, a commit of its own."""
        # What the server may have kept of a first attempt is a repeat.
        return self._once_more(lambda: self._append_alone(event, same))

    def glance(self, ask: Callable[[Glimpse], T]) -> T:
        """What `ask` finds by one statement, which is one moment by itself: one round trip, and no transaction."""
        return self._once_more(lambda: self._glanced(ask))

    def _append_alone(self, event: SealedEvent, same: Same) -> StoredEvent:
        with clear_errors():
            session = self._taken(None)
            try:
                session.renew()
                stored = session.append_alone(event, same)
                _confirm(session)
            finally:
                self._given_back(session)
            return stored

    def _glanced(self, ask: Callable[[Glimpse], T]) -> T:
        with self._lent() as session:
            return ask(session.glimpse)

    def _once_more(self, act: Callable[[], T]) -> T:
        """The act, a second time where its connection was lost: the server was started anew since, perhaps."""
        try:
            return act()
        except Unavailable as error:
            if error.rule != "store.lost":
                raise
        while (session := self._next_idle()) is not None:
            self._forget(session)
        return act()

    def confirm(self) -> None:
        """Wait until whatever stands here is safe: whoever committed it may not have waited. Raises Unavailable."""
        with self._lent() as session:
            session.renew()
            session.insist()
            _confirm(session)

    def close(self) -> None:
        """Close every connection of this process. Nobody may be inside a transaction."""
        if self._walled:
            self._walled.close()
        if self._pid == os.getpid():
            for session in self._open:
                _let_go(session)
            self._begin_process()

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[PostgresSession]:
        with self._lent(begin) as session:
            session.renew()
            try:
                yield session
                _commit(session)
            except BaseException:
                if not session.driver.closed and session.driver.info.transaction_status != IDLE:
                    session.driver.execute("ROLLBACK")
                raise

    @contextmanager
    def _lent(self, begin: str | None = None) -> Iterator[PostgresSession]:
        """A connection that nobody else has meanwhile; one that was lost is never lent again."""
        with clear_errors():
            session = self._taken(begin)
            try:
                yield session
            finally:
                self._given_back(session)

    def _taken(self, begin: str | None) -> PostgresSession:
        if self._pid != os.getpid():
            self._inherited += self._open  # the parent's: kept, so that nothing here ends them
            self._begin_process()
        try:
            self._room.get(timeout=self._wait)
        except Empty:
            raise Unavailable(rule="store.busy") from None
        try:
            return self._begun(begin)
        except BaseException:
            self._room.put(None)
            raise

    def _given_back(self, session: PostgresSession) -> None:
        self._put_back(session)
        self._room.put(None)

    def _put_back(self, session: PostgresSession) -> None:
        if session.driver.closed:
            self._forget(session)
        else:
            self._idle.append(session)

    def _begun(self, begin: str | None) -> PostgresSession:
        while (session := self._next_idle()) is not None:
            try:
                return self._ready(session, begin)
            except psycopg.OperationalError:
                if not session.driver.closed:  # it waited too long to be let in
                    raise
                # The server was started anew since: the next one, or a new one.
        return self._ready(self._connected(), begin)

    def _ready(self, session: PostgresSession, begin: str | None) -> PostgresSession:
        try:
            if begin:
                session.begin(begin)
        except BaseException:
            if not session.driver.closed:
                session.driver.execute("ROLLBACK")
            self._put_back(session)
            raise
        return session

    def _next_idle(self) -> PostgresSession | None:
        try:
            return self._idle.pop()
        except IndexError:  # looking first would not do: another thread may take the last one in between
            return None

    def _connected(self) -> PostgresSession:
        sql = self._engine.connect()
        sql.begin()  # never ended: so nothing that gets this connection begins or commits on its own
        driver = sql.connection.driver_connection
        if not isinstance(driver, psycopg.Connection):
            raise TypeError(type(driver))
        session = PostgresSession(driver, sql, self._head)
        driver.add_notice_handler(partial(_hear, session))
        self._open.append(session)
        return session

    def _forget(self, session: PostgresSession) -> None:
        self._open.remove(session)
        _let_go(session)

    def _driver(self) -> psycopg.Connection[Any]:
        # Transactions are begun and ended here alone.
        _, given = self._engine.dialect.create_connect_args(self.url)
        options = " ".join(filter(None, (given.pop("options", ""), self._options)))
        return psycopg.connect(**given, options=options, autocommit=True)


def _commit(session: PostgresSession) -> None:
    session.doubted = False
    session.commit()
    _confirm(session)


def _hear(session: PostgresSession, said: psycopg.errors.Diagnostic) -> None:
    """A commit whose wait for its standby is cut short succeeds, with a warning: what it wrote may yet be lost."""
    session.doubted = session.doubted or said.severity_nonlocalized == "WARNING"


def _confirm(session: PostgresSession) -> None:
    if session.doubted:
        raise Unavailable(rule="store.unconfirmed")


def seeing(offices: Collection[str]) -> str:
    """The statement, behind a BEGIN, after which the role of callers sees what these offices may; others see it all."""
    if not all(office.isdecimal() for office in offices):
        raise ValueError(offices)
    seen = ",".join(sorted(office if len(office) == WHOLE else f"{office}%" for office in offices))
    return f"; SET LOCAL exchange.offices = '{seen}'" if seen else ""


def _passing(guard: Iterable[bytes]) -> str:
    """The statement, behind a BEGIN, that waits for whoever is inside with one of these tokens: no round trip more."""
    keys = guard_keys(guard)
    if not keys:
        return ""
    return f"; SELECT pg_advisory_xact_lock(key) FROM unnest('{{{','.join(map(str, keys))}}}'::int8[]) AS k (key)"  # noqa: S608 (numbers)


def _let_go(session: PostgresSession) -> None:
    session.sql.invalidate()
    session.driver.close()
