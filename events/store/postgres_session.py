"""One transaction in PostgreSQL: what is hot goes straight to the driver, everything else through SQLAlchemy beside it.

Statements see what was committed before each of them began (READ COMMITTED). So a lock is taken in a statement of its
own, and what it guards is read by the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from struct import Struct
from typing import Any, LiteralString

import psycopg
from psycopg.errors import UniqueViolation
from sqlalchemy import Connection

from events.codec import SealedEvent
from events.store.contract import Dirty, Same, StoredEvent, identical
from events.store.packed import blobs, copied, numbers, texts, understand_packed
from events.store.postgres_errors import clear_errors
from events.store.postgres_gathering import Gathering
from events.store.sql.events import columns_of, fresh
from events.store.sql.log import Entry, Waiting
from events.store.sql.rows import Query

# The event and the mark that it waits for the sequencer, in one statement and one round trip.
_APPEND: LiteralString = """
WITH new AS (
    INSERT INTO events (author, id, kind, subject, version, submission, body, sealed)
    SELECT $1::text, $2::text, $3::text, $4::text, $5::int4, $6::text, $7::bytea, $8::bytea
    WHERE $5::int4 = 1 OR EXISTS (
        SELECT 1 FROM events WHERE subject = $4::text AND author = $1::text AND version = $5::int4 - 1
    )
    ON CONFLICT DO NOTHING
    RETURNING author, id, submission
)
INSERT INTO pending (author, id, submission) SELECT author, id, submission FROM new
"""
# How many of these streams stand right where they should; that nothing stands behind it, the unique keys will say.
_STANDING: LiteralString = """
SELECT count(*) FROM unnest($1::text[], $2::text[], $3::int8[]) AS s (subject, author, version)
WHERE EXISTS (
    SELECT 1 FROM events e WHERE e.subject = s.subject AND e.author = s.author AND e.version = s.version::int4
)
"""
_COPY_EVENTS: LiteralString = (
    "COPY events (author, id, kind, subject, version, submission, body, sealed) FROM STDIN (FORMAT BINARY)"
)
_WAIT: LiteralString = """
INSERT INTO pending (author, id, submission) SELECT * FROM unnest($1::text[], $2::text[], $3::text[])
"""
_ENTER: LiteralString = """
INSERT INTO log ("index", author, id, leaf, at)
SELECT $1::int8 + n, author, id, leaf, $5::int8
FROM unnest($2::text[], $3::text[], $4::bytea[]) WITH ORDINALITY AS e (author, id, leaf, n)
"""
_MARK: LiteralString = "INSERT INTO dirty (person, since) SELECT person, $2::int8 FROM unnest($1::text[]) AS p (person)"
_DONE: LiteralString = """
DELETE FROM dirty d USING unnest($1::text[], $2::int8[]) AS t (person, last)
WHERE d.person = t.person AND d.number <= t.last
"""
# By index throughout: how full these tables are, the statistics never know.
_WAITING: LiteralString = """
WITH first AS (
    SELECT DISTINCT author, submission
    FROM (SELECT author, submission FROM pending ORDER BY position LIMIT $1::int8) AS p
), whole AS (
    SELECT p.* FROM first f CROSS JOIN LATERAL (
        SELECT position, author, submission, id FROM pending
        WHERE author = f.author AND submission = f.submission OFFSET 0
    ) AS p ORDER BY p.position LIMIT $2::int8
)
SELECT w.position, w.author, w.submission, w.id, e.body, e.sealed FROM whole w CROSS JOIN LATERAL (
    SELECT body, sealed FROM events WHERE author = w.author AND id = w.id OFFSET 0
) AS e ORDER BY w.position
"""
# Whoever holds the head and then stands still is cut off by the database, and with it falls all that it had written.
_LIMITS: LiteralString = """
SELECT set_config('lock_timeout', $1::text, true), set_config('idle_in_transaction_session_timeout', $2::text, true),
    CASE WHEN current_setting('server_version_num')::int >= 170000
        THEN set_config('transaction_timeout', $3::text, true) END
"""
# Held until the transaction ends, by the database itself: a lock on a row would need a row before there is one.
_GUARD: LiteralString = "SELECT pg_advisory_xact_lock(key) FROM unnest($1::int8[]) AS k (key)"
_ONE_LINKS: LiteralString = "SELECT pg_advisory_xact_lock(0, 0)"
# Keys and tokens of persons whom an act makes known: one round trip, however many.
_KEEP: LiteralString = """
WITH held AS (
    INSERT INTO tokens (kind, token, person) SELECT $3::text, * FROM unnest($4::bytea[], $5::text[])
    ON CONFLICT DO NOTHING
)
INSERT INTO keys (person, wrapped) SELECT * FROM unnest($1::text[], $2::bytea[]) ON CONFLICT DO NOTHING
"""
# What commits nothing waits for no standby: where one is required, something is written, to wait for all before it.
_INSIST: LiteralString = """
SELECT pg_logical_emit_message(true, '', '') WHERE current_setting('synchronous_standby_names') <> ''
"""
# What other transactions of this connection changed may be in it: only the difference within one says anything.
_CHANGED: LiteralString = """
SELECT COALESCE(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::int8 FROM pg_stat_xact_user_tables
"""
_HEAD: LiteralString = "SELECT at FROM log_head FOR UPDATE"

_int4 = Struct("!i").pack


class HeadLimits:
    """What the database grants to whoever holds the head of the log, in the words of its settings."""

    def __init__(self, *, wait: str = "10s", idle: str = "5s", whole: str = "60s") -> None:
        self.words = (wait, idle, whole)


class PostgresSession(Gathering):
    """One transaction. `sql` is for statements of other tables that must commit with it."""

    def __init__(self, driver: psycopg.Connection[Any], sql: Connection, limits: HeadLimits) -> None:
        self.driver = driver
        self.sql = sql
        self.appended = 0  # events that were not there before
        self.doubted = False  # whether the database said that no standby has what it committed
        self._limits = limits
        understand_packed(driver)
        self._hot = psycopg.RawCursor(driver)
        self._holds_head = False

    def renew(self) -> None:
        """Forget the transaction before."""
        self.appended = 0
        self.doubted = False
        self._holds_head = False

    def begin(self, words: LiteralString) -> None:
        """Begin a transaction."""
        self._hot.execute(words)

    def commit(self) -> None:
        """End it. Raises RuntimeError where the database could only take it back."""
        if self._hot.execute("COMMIT").statusmessage != "COMMIT":
            raise RuntimeError("a statement failed, and nobody said so: nothing was changed")

    def changed(self) -> int:
        (changed,) = self._ask(_CHANGED).fetchone() or (0,)
        return int(changed) - self._ticks

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What is done inside is taken back where it raises, and nothing that was done before."""
        before = self.appended, self._holds_head
        self.driver.execute("SAVEPOINT attempt")
        try:
            with clear_errors():
                yield
        except BaseException:
            self.appended, self._holds_head = before
            if not self.driver.closed:
                self.driver.execute("ROLLBACK TO attempt")
                self.driver.execute("RELEASE attempt")
            raise
        self.driver.execute("RELEASE attempt")

    def guard(self, tokens: Iterable[bytes]) -> None:
        # By their first eight bytes, in one order for all: two that share them wait for each other in vain, no more.
        keys = sorted({int.from_bytes(token[:8], signed=True) for token in tokens})
        if keys:
            self._hot.execute(_GUARD, [numbers(keys)], prepare=True)

    def link(self, person: str, other: str) -> None:
        self._hot.execute(_ONE_LINKS)  # or two that join through one person do not see each other's ids
        super().link(person, other)

    def put_token(self, kind: str, token: bytes, person: str) -> None:
        self.keep({}, kind, [(token, person)])

    def keep(self, keys: Mapping[str, bytes], kind: str, tokens: Sequence[tuple[bytes, str]]) -> None:
        if keys or tokens:
            held = (blobs(token for token, _ in tokens), texts(person for _, person in tokens))
            values = [texts(keys), blobs(keys.values()), kind, *held]
            if self._hot.execute(_KEEP, values, prepare=True).rowcount != len(keys):
                for person in keys:
                    self.wrapped_key(person)  # says whose was destroyed

    def append(self, events: Sequence[SealedEvent], same: Same = identical) -> tuple[StoredEvent, ...]:
        if len(events) == 1:
            return (self._append_one(events[0], same),)
        if not events:
            return ()
        with self.attempt():
            return self._append_all(events, same)

    def _append_all(self, events: Sequence[SealedEvent], same: Same) -> tuple[StoredEvent, ...]:
        continued = _continued(events)
        if continued is not None:
            if self._append_together(events, continued):
                self.appended += len(events)
                return tuple(map(fresh, events))
            self.driver.execute("ROLLBACK TO attempt")
        return tuple(self._append_one(event, same) for event in events)

    def _append_together(self, events: Sequence[SealedEvent], continued: Sequence[tuple[str, str, int]]) -> bool:
        """Whether all are taken at once. Where not, one by one shows why."""
        if continued:
            subjects, authors, versions = zip(*continued, strict=True)
            streams = [texts(subjects), texts(authors), numbers(versions)]
            if self._ask(_STANDING, streams).fetchone() != (len(continued),):
                return False
        try:
            with self._hot.copy(_COPY_EVENTS) as copy:
                copy.write(_rows(events))
        except UniqueViolation:
            return False
        frames = [event.frame for event in events]
        marks = [f.author for f in frames], [f.id for f in frames], [f.submission for f in frames]
        self._hot.execute(_WAIT, [texts(column) for column in marks], prepare=True)
        return True

    def _append_one(self, event: SealedEvent, same: Same) -> StoredEvent:
        if self.offer(event):
            return fresh(event)
        stored = self._repeated(event, same)
        self.insist()
        return stored

    def insist(self) -> None:
        """What is there already is acknowledged only when the standby has it, too."""
        self._hot.execute(_INSIST, prepare=True)

    def offer(self, event: SealedEvent) -> bool:
        """Append it in one statement, unless it is there already or its version does not follow."""
        taken = self._hot.execute(_APPEND, columns_of(event), prepare=True, binary=True).rowcount
        self.appended += taken
        return taken == 1

    def _lock_head(self) -> int:
        if not self._holds_head:
            self._hot.execute(_LIMITS, self._limits.words, prepare=True)
            self._holds_head = True
        (at,) = self._ask(_HEAD).fetchone() or (0,)
        return int(at)

    def _first_waiting(self, limit: int, most: int) -> Sequence[Waiting]:
        return self._ask(_WAITING, [limit, most]).fetchall()

    def _without_waiting(self) -> AbstractContextManager[object]:
        return self.driver.pipeline()

    def _enter(self, entries: Sequence[Entry]) -> None:
        first, *_, moment = entries[0]
        columns = (texts(e[1] for e in entries), texts(e[2] for e in entries), blobs(e[3] for e in entries))
        self._hot.execute(_ENTER, [first - 1, *columns, moment], prepare=True)

    def _no_longer_pending(self, positions: Sequence[int]) -> None:
        self._hot.execute("DELETE FROM pending WHERE position = ANY($1::int8[])", [numbers(positions)], prepare=True)

    def done(self, claimed: Iterable[Dirty]) -> None:
        marks = {one.person: one.marks for one in claimed}
        self._hot.execute(_DONE, [texts(marks), numbers(marks.values())], prepare=True)

    def _mark(self, persons: Sequence[str], since: int) -> None:
        self._hot.execute(_MARK, [texts(persons), since], prepare=True)

    def _ask(self, query: LiteralString, values: Sequence[Any] = ()) -> psycopg.RawCursor[Any]:
        return self._hot.execute(query, values, prepare=True, binary=True)

    def ask_rows(self, query: Query, keys: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
        return self._ask(query.in_postgres, query.columns(keys)).fetchall()


def _continued(events: Sequence[SealedEvent]) -> list[tuple[str, str, int]] | None:
    """The streams that these events continue, and after which version; None where they do not follow each other."""
    heads: dict[tuple[str, str], int] = {}
    continued: list[tuple[str, str, int]] = []
    for event in events:
        frame = event.frame
        version, stream = frame.version, (frame.subject.id, frame.author)
        if stream in heads:
            if version != heads[stream] + 1:
                return None
        elif version > 1:
            continued.append((*stream, version - 1))
        elif version < 1:
            return None
        heads[stream] = version
    return continued


def _rows(events: Sequence[SealedEvent]) -> bytes:
    frames = [event.frame for event in events]
    return copied(
        [frame.author.encode() for frame in frames],
        [frame.id.encode() for frame in frames],
        [frame.subject.kind.encode() for frame in frames],
        [frame.subject.id.encode() for frame in frames],
        [_int4(frame.version) for frame in frames],
        [frame.submission.encode() for frame in frames],
        [event.body for event in events],
        [event.sealed for event in events],
    )
