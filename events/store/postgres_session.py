"""One transaction in PostgreSQL: what is hot goes straight to the driver, everything else through SQLAlchemy beside it.

Statements see what was committed before each of them began (READ COMMITTED). So a lock is taken in a statement of its
own, and what it guards is read by the next one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Any, LiteralString

import psycopg
from psycopg.abc import PQGen
from psycopg.generators import send
from sqlalchemy import Connection

from events.codec import SealedEvent
from events.store.contract import Dirty, StoredEvent, Tokens, identical
from events.store.moment import to_number
from events.store.packed import Packed, blobs, numbers, texts, understand_packed
from events.store.postgres_append import FIRST, Appends, mark_of
from events.store.postgres_errors import clear_errors
from events.store.postgres_gathering import Gathering, Glimpse, packed
from events.store.prepared import say
from events.store.sql.aside import Waiting
from events.store.sql.events import columns_of, fresh
from events.store.sql.feed import FeedRows
from events.store.sql.persons import PersonRows
from events.store.sql.rows import Query
from events.store.sql.work import Head

_ENTER: LiteralString = """
INSERT INTO log ("index", author, id, leaf, at)
SELECT $1::int8 + n, author, id, leaf, $5::int8
FROM unnest((SELECT $2::text[]), (SELECT $3::text[]), (SELECT $4::bytea[])) WITH ORDINALITY AS e (author, id, leaf, n)
"""
_MARK: LiteralString = (
    "INSERT INTO dirty (person, since) SELECT person, $2::int8 FROM unnest((SELECT $1::text[])) AS p (person)"
)
_OLDEST: LiteralString = """
SELECT person FROM dirty d WHERE NOT EXISTS (SELECT 1 FROM dirty WHERE person = d.person AND number < d.number)
ORDER BY number LIMIT $1::int8 FOR UPDATE OF d SKIP LOCKED
"""
_DONE: LiteralString = """
DELETE FROM dirty d USING unnest((SELECT $1::text[]), (SELECT $2::int8[])) AS t (person, last)
WHERE d.person = t.person AND d.number <= t.last
"""
# By index throughout: how full these tables are, the statistics never know. A mark that names no act is one by itself.
_WAITING: LiteralString = """
WITH first AS MATERIALIZED (
    SELECT position, author, submission, id FROM pending ORDER BY position LIMIT $1::int8
), whole AS (
    SELECT position, author, id AS submission, id FROM first WHERE submission = ''
    UNION ALL
    SELECT p.* FROM (SELECT DISTINCT author, submission FROM first WHERE submission <> '') AS f CROSS JOIN LATERAL (
        SELECT position, author, submission, id FROM pending
        WHERE author = f.author AND submission = f.submission AND submission <> '' OFFSET 0
    ) AS p ORDER BY position LIMIT $2::int8
)
SELECT w.position, w.author, w.submission, w.id, e.body,
    (SELECT number FROM set_aside ORDER BY number LIMIT 1)
FROM whole w LEFT JOIN LATERAL (
    SELECT body FROM events WHERE author = w.author AND id = w.id OFFSET 0
) AS e ON true ORDER BY w.position
"""
# Whoever holds the head and then stands still is cut off by the database, and with it falls all that it had written.
# And nothing is read from end to end there: a plan that was kept since the queue was empty takes that for the cheapest,
# and did it once for each event that waited. Up to 17 what cannot be read otherwise, the head itself, then counts as
# so dear that it would be compiled each time.
_LIMITS: LiteralString = """
SELECT set_config('lock_timeout', $1::text, true), set_config('idle_in_transaction_session_timeout', $2::text, true),
    set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),
    CASE WHEN current_setting('server_version_num')::int >= 170000
        THEN set_config('transaction_timeout', $3::text, true) END
"""
# Held until the transaction ends, by the database itself: a lock on a row would need a row before there is one.
_GUARD: LiteralString = "SELECT pg_advisory_xact_lock(key) FROM unnest((SELECT $1::int8[])) AS k (key)"
_ONE_LINKS: LiteralString = "SELECT pg_advisory_xact_lock(0, 0)"
# Keys and tokens of persons whom an act makes known: one round trip, however many.
_KEEP: LiteralString = """
WITH held AS (
    INSERT INTO tokens (kind, token, person) SELECT $3::text, * FROM unnest((SELECT $4::bytea[]), (SELECT $5::text[]))
    ON CONFLICT DO NOTHING
)
INSERT INTO keys (person, wrapped) SELECT * FROM unnest((SELECT $1::text[]), (SELECT $2::bytea[]))
ON CONFLICT DO NOTHING
"""
# What other transactions of this connection changed may be in it: only the difference within one says anything.
_CHANGED: LiteralString = """
SELECT COALESCE(sum(n_tup_ins + n_tup_upd + n_tup_del), 0)::int8 FROM pg_stat_xact_user_tables
"""
_HEAD: LiteralString = "SELECT at, frontier FROM log_head FOR UPDATE"
_MOVED_ON: LiteralString = "UPDATE log_head SET at = greatest(at, $1::int8) RETURNING at, frontier"


def _ended(pipeline: psycopg.Pipeline) -> PQGen[None]:
    """What the driver does at the end of a pipeline, without a flush behind the sync: all is sent, then fetched."""
    try:
        pipeline._enqueue_sync()  # noqa: SLF001  # there is no public way to leave the flush out
        yield from pipeline._communicate_gen()  # noqa: SLF001
    finally:
        yield from send(pipeline.pgconn)  # more than the line holds at once; the database answers only to the sync
        yield from pipeline._fetch_gen(flush=False)  # noqa: SLF001


class HeadLimits:
    """What the database grants to whoever holds the head of the log, in the words of its settings."""

    def __init__(self, *, wait: str = "10s", idle: str = "5s", whole: str = "60s") -> None:
        self.words = (wait, idle, whole)


def guard_keys(tokens: Iterable[bytes]) -> list[int]:
    """By their first eight bytes, in one order for all: two that share them wait for each other in vain, no more."""
    return sorted({int.from_bytes(token[:8], signed=True) for token in tokens})


class PostgresSession(Appends, Gathering, FeedRows, PersonRows):
    """One transaction. `sql` is for statements of other tables that must commit with it; `glimpse` begins none."""

    def __init__(self, driver: psycopg.Connection[Any], sql: Connection, limits: HeadLimits) -> None:
        self.driver = driver
        self.sql = sql
        self.appended = 0  # events that were not there before
        self.doubted = False  # whether the database said that no standby has what it committed
        self._limits = limits
        understand_packed(driver)
        super().__init__(driver)
        self.glimpse = Glimpse(driver)
        self._holds_head = False

    def renew(self) -> None:
        """Forget the transaction before."""
        self.appended = 0
        self.doubted = False
        self._holds_head = False

    def begin(self, words: LiteralString) -> None:
        """Begin a transaction."""
        say(self.driver, words)

    def commit(self) -> None:
        """End it. Raises RuntimeError where the database could only take it back."""
        if say(self.driver, "COMMIT").command_status != b"COMMIT":
            raise RuntimeError("a statement failed, and nobody said so: nothing was changed")

    def changed(self) -> int:
        (changed,) = self._ask(_CHANGED).fetchone() or (0,)
        return int(changed) - self._ticks

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """What is done inside is taken back where it raises, and nothing that was done before."""
        before = self.appended, self._holds_head
        say(self.driver, "SAVEPOINT attempt")
        try:
            with clear_errors():
                yield
        except BaseException:
            self.appended, self._holds_head = before
            if not self.driver.closed:
                self.driver.execute("ROLLBACK TO attempt")
                self.driver.execute("RELEASE attempt")
            raise
        say(self.driver, "RELEASE attempt")

    def guard(self, tokens: Iterable[bytes]) -> None:
        if keys := guard_keys(tokens):
            self._hot.execute(_GUARD, [numbers(keys)], prepare=True)

    def link(self, person: str, other: str) -> None:
        self._hot.execute(_ONE_LINKS)  # or two that join through one person do not see each other's ids
        super().link(person, other)

    def put_token(self, kind: str, token: bytes, person: str) -> None:
        self.keep({}, kind, [(token, person)])

    def keep(self, keys: Mapping[str, bytes], kind: str, tokens: Tokens) -> None:
        if keys or tokens:
            held = (blobs(token for token, _ in tokens), texts(person for _, person in tokens))
            values = [texts(keys), blobs(keys.values()), kind, *held]
            self._require(keys, self._hot.execute(_KEEP, values, prepare=True).rowcount)

    def append_first(self, event: SealedEvent, keys: Mapping[str, bytes], kind: str, tokens: Tokens) -> StoredEvent:
        if len(keys) != 1 or len(tokens) != 1:
            self.keep(keys, kind, tokens)
            return self.append([event])[0]
        kept = self._ask(
            FIRST, [*columns_of(event), mark_of(event), *chain(*keys.items()), kind, *chain(*tokens)]
        ).fetchone()
        self._require(keys, kept[0] if kept else 0)
        self.appended += 1 if kept else 0
        return fresh(event) if kept else self._there(event, identical)

    def _require(self, keys: Mapping[str, bytes], kept: int) -> None:
        if kept != len(keys):
            for person in keys:
                self.wrapped_key(person)  # says whose was destroyed

    def _lock_head(self) -> Head:
        return self._at_head(_HEAD, [])

    def _moved_on(self, at: datetime) -> Head:
        self._ticks += 1
        return self._at_head(_MOVED_ON, [to_number(at)])

    def _at_head(self, query: LiteralString, values: Sequence[int]) -> Head:
        with nullcontext() if self._holds_head else self.without_waiting():
            if not self._holds_head:  # the limits hold before the row is asked for
                psycopg.RawCursor(self.driver).execute(_LIMITS, self._limits.words, prepare=True)
                self._holds_head = True
            found = self._ask(query, values)
        at, frontier = found.fetchone() or (0, b"")  # no sooner, or what was sent would be waited for twice
        return Head(int(at), frontier)

    def _set_frontier(self, head: bytes) -> None:
        self._hot.execute("UPDATE log_head SET frontier = $1::bytea", [head], prepare=True)

    def _first_waiting(self, limit: int, most: int) -> Sequence[Waiting]:
        rows = self._ask(_WAITING, [limit, most]).fetchall()  # at once: row by row, the driver takes longer
        return list(map(Waiting._make, rows))

    @contextmanager
    def without_waiting(self) -> Iterator[None]:
        with self.driver.pipeline() as pipeline:
            # The driver would end it by a flush behind the sync, from which on the database no longer counts how long
            # it is kept waiting: who stood still then would keep the head of the log.
            pipeline._exit_gen = partial(_ended, pipeline)  # type: ignore[method-assign]  # noqa: SLF001
            yield

    def _enter(self, first: int, waiting: Sequence[Waiting], leaves: Sequence[bytes], moment: int) -> None:
        columns = (texts(row.author for row in waiting), texts(row.id for row in waiting), blobs(leaves))
        self._hot.execute(_ENTER, [first - 1, *columns, moment], prepare=True)

    def _no_longer_pending(self, positions: Sequence[int]) -> None:
        self._hot.execute("DELETE FROM pending WHERE position = ANY($1::int8[])", [numbers(positions)], prepare=True)

    def _oldest(self, limit: int) -> Sequence[str]:
        # Planned anew each time, which costs little: a plan kept since nobody was marked goes through all who are
        # marked now, once for each of them.
        found = self._hot.execute(_OLDEST, [limit], prepare=False, binary=True)
        return [person for (person,) in found.fetchall()]

    def done(self, claimed: Iterable[Dirty]) -> None:
        marks = {one.person: one.marks for one in claimed}
        self._hot.execute(_DONE, [texts(marks), numbers(marks.values())], prepare=True)

    def _mark(self, persons: Sequence[str], since: int) -> None:
        self._hot.execute(_MARK, [texts(persons), since], prepare=True)

    def _ask(self, query: LiteralString, values: Sequence[Any] = ()) -> psycopg.RawCursor[Any]:
        return self._hot.execute(query, values, prepare=True, binary=True)

    def ask_all(self, *asked: tuple[Query, Iterable[Any]]) -> list[Iterable[tuple[Any, ...]]]:
        """In one round trip."""
        answers = [psycopg.RawCursor(self.driver) for _ in asked]
        with self.without_waiting():
            for answer, (query, keys) in zip(answers, asked, strict=True):
                answer.execute(query.in_postgres, packed(query, keys), prepare=True, binary=True)
        return [answer.fetchall() for answer in answers]

    def told(self, query: LiteralString, keys: Sequence[Packed]) -> Iterable[tuple[Any, ...]]:
        return self._ask(query, keys).fetchall()
