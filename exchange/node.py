"""The composition root: one node, with its store, keys, offices and clock, opened from its settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Self

from events.codec import opened_event
from events.envelope import Ref
from events.errors import Tampered
from events.store.contract import Reader
from events.vault.blind_index import BlindIndex
from events.vault.keys import PersonKeys
from events.vault.ring import MasterKeys
from exchange.access.caller import Caller
from exchange.access.passes import Passes
from exchange.access.sight import sight
from exchange.clock import Clock
from exchange.jurisdictions import deadlines
from exchange.jurisdictions.calendar import Calendar, national
from exchange.jurisdictions.lookup import Divisions, divisions
from exchange.jurisdictions.served import Serving
from exchange.pipeline.joining import join_offices
from exchange.pipeline.renewing import renew_records
from exchange.protocol.duties import RULES, Rule
from exchange.protocol.offices import Offices, offices
from exchange.settings import Settings
from exchange.shared_clock import clock_of
from exchange.stores import sqlite_store, store_at
from exchange.unit_of_work import SqlSession, SqlStore, UnitOfWork
from exchange.wake import Nobody, Wake, Waker
from exchange.wakes import waker_at

_SOME = 8  # keys of persons by which it is known whether the master keys are this node's

Step = Callable[[str], None]


def no_step(name: str) -> None:
    """Nothing happens between two steps; a test of faults passes what does."""


class StoredKeys:
    """Wrapped keys, each look-up a transaction of its own. Who is inside one asks its session."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    def wrapped_key(self, person: str) -> bytes | None:
        with self._uow.look() as session:
            return session.wrapped_key(person)

    def put_key(self, person: str, wrapped: bytes) -> bytes:
        with self._uow.begin() as session:
            return session.put_key(person, wrapped)

    def destroy_key(self, person: str) -> None:
        with self._uow.begin() as session:
            session.destroy_key(person)


class Node:
    """Everything that a command, a query or a worker needs. `step` is called by name between any two of their steps."""

    def __init__(self, settings: Settings, store: SqlStore, ring: MasterKeys, clock: Clock, step: Step) -> None:
        self.settings = settings
        self.clock = clock
        self.step = step
        self.bell: Waker = Nobody()  # for workers in other processes
        self.on_wake: Wake = self.bell.ring
        self.uow = UnitOfWork(store, self._wake)
        self.keys = PersonKeys(ring, StoredKeys(self.uow))
        self.index = BlindIndex(ring)
        self.passes = Passes(ring, self.uow, lambda: self.clock())  # noqa: PLW0108 (the clock of a demo is set anew)
        self.serving = Serving(settings.serves, settings.peers)
        self.serves = lru_cache(maxsize=100_000)(self.serving.serves)
        self.deadlines = deadlines.DEFAULT.overridden(settings.deadlines)
        self.calendar: Calendar = national().with_regional(settings.regional)
        self.offices = Offices()
        self._learned: frozenset[Ref] = frozenset()  # the events that the list was read from
        self.rules: Mapping[str, Rule] = RULES  # of telling; a planted fault leaves one out
        self.resumed = 0  # behind which of those set aside is looked next, whether they open now
        self.stuck: dict[str, Exception] = {}  # dossiers that could not be settled in their last round

    @classmethod
    def open(cls, settings: Settings, *, clock: Clock | None = None, step: Step = no_step) -> Self:
        """The node of the settings; its data folder is made if missing, and the offices that it serves join it.

        Raises KeyRingUnusable where its master keys are not those under which its database was sealed.
        """
        settings.data.mkdir(parents=True, exist_ok=True)
        url = settings.database_url
        with ExitStack() as opened:
            store = store_at(url) if url else sqlite_store(str(settings.database))
            opened.callback(store.close)
            node = cls(settings, store, _ring(store, settings.master_keys), clock or clock_of(settings), step)
            bell = waker_at(settings.broker_url)
            opened.callback(bell.close)
            node.hear(bell)
            join_offices(node)
            renew_records(node)
            opened.pop_all()  # now they are the node's to close
        return node

    @property
    def divisions(self) -> Divisions:
        """The areas of the country by code and name."""
        return divisions()

    def close(self) -> None:
        """Let go of the database. Whoever works on the node must have stopped."""
        self.bell.close()
        self.uow.close()

    def hear(self, bell: Waker) -> None:
        """From now on commits ring this bell."""
        self.bell, self.on_wake = bell, bell.ring

    def _wake(self) -> None:
        self.on_wake()

    def knows(self, told: frozenset[Ref]) -> bool:
        """Whether the list of jurisdictions was read from these events."""
        return told == self._learned

    def hear_of(self, told: frozenset[Ref]) -> None:
        """There are these events about offices: read them, where any is new."""
        if not self.knows(told):
            with self.uow.look() as session:
                self.learn_offices(session)

    def learn_offices(self, reader: Reader) -> None:
        """Read the list of jurisdictions anew, where anything was added to it.

        Raises Tampered, with their ids, where events of it do not open: nobody would know who is asked in whose place.
        """
        told = reader.jurisdiction_refs()
        if not self.knows(told):
            try:
                self.offices = offices(opened_event(stored, None) for stored in reader.jurisdictions())
            except Tampered as error:
                damaged = ", ".join(sorted(ref.id for ref in told if not _opens(reader, ref)))
                raise Tampered(field="frame", rule="offices.damaged", events=damaged) from error
            self._learned = told

    @contextmanager
    def look(self, caller: Caller | None = None) -> Iterator[SqlSession]:
        """One moment, for reading only, with the offices of that moment: another process may have changed them.

        `caller`: on whose behalf it is read, so that what no question of that caller may show is not there at all.
        """
        while True:
            seen = sight(caller, self.offices) if caller is not None else frozenset()
            with self.uow.look(seen) as session:
                self.learn_offices(session)
                if caller is None or seen == sight(caller, self.offices):
                    yield session
                    return


def _opens(reader: Reader, ref: Ref) -> bool:
    try:
        stored = reader.event(ref)
        if stored is not None:
            opened_event(stored, None)
    except Tampered:
        return False
    return stored is not None


def _ring(store: SqlStore, file: Path) -> MasterKeys:
    """The master keys, made new for a database in which nothing is sealed, and for no other."""
    with store.read() as session:
        sealed = session.some_keys(_SOME)
    ring = MasterKeys.at(file, made=not sealed)
    ring.require_for(sealed)
    return ring
