"""Appending in PostgreSQL: one event by one statement, many by COPY; the unique keys say what is there already."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from struct import Struct
from typing import Any, LiteralString

import psycopg
from psycopg.errors import UniqueViolation

from events.codec import SealedEvent
from events.store.contract import Same, StoredEvent, identical
from events.store.packed import copied, encoded, numbers
from events.store.prepared import Prepared
from events.store.sql.events import EventRows, columns_of, fresh

# The event and the mark that it waits for the sequencer, in one statement and one round trip. That the head of the
# stream is looked for, and not the version before, leaves but one index to look in, however small the table was when
# the statement was prepared.
_NEW: LiteralString = """
INSERT INTO events (author, id, kind, subject, version, submission, body, sealed)
SELECT $1::text, $2::text, $3::text, $4::text, $5::int4, $6::text, $7::bytea, $8::bytea
WHERE $5::int4 - 1 = COALESCE((
    SELECT version FROM events WHERE subject = $4::text AND author = $1::text ORDER BY version DESC LIMIT 1
), 0)
"""
_TAKEN: LiteralString = "RETURNING author, id"
_WAITS: LiteralString = "INSERT INTO pending (author, id, submission) SELECT author, id, $9::text FROM new"
ALONE = f"WITH new AS ({_NEW} {_TAKEN}) {_WAITS}"  # nothing is lost by an error where nothing else was done
_WITH_OTHERS = f"WITH new AS ({_NEW} ON CONFLICT DO NOTHING {_TAKEN}) {_WAITS}"
# The same, with the key of its person and the one token that it is looked up by. Says how many keys were taken.
FIRST = f"""
WITH held AS (
    INSERT INTO tokens (kind, token, person) VALUES ($12::text, $13::bytea, $14::text) ON CONFLICT DO NOTHING
), kept AS (
    INSERT INTO keys (person, wrapped) VALUES ($10::text, $11::bytea) ON CONFLICT DO NOTHING RETURNING person
), new AS ({_NEW} ON CONFLICT DO NOTHING {_TAKEN})
{_WAITS} RETURNING (SELECT count(*) FROM kept)
"""  # noqa: S608 (our own words)
_COLUMNS = 9  # of an event and of its mark
_AUTHOR, _ID, _, _SUBJECT, _VERSION, _SUBMISSION = range(6)
_ROWS = 64  # in one piece of a COPY
_COPY_EVENTS: LiteralString = (
    "COPY events (author, id, kind, subject, version, submission, body, sealed) FROM STDIN (FORMAT BINARY)"
)
# The marks of many, and how many of the streams that they continue stood right where they should; that nothing stood
# behind it, the unique keys have said.
_WAIT: LiteralString = """
WITH waiting AS (
    INSERT INTO pending (author, id, submission)
    SELECT unnest((SELECT $1::text[])), unnest((SELECT $2::text[])), unnest((SELECT $3::text[]))
)
SELECT count(*) FROM (
    SELECT unnest((SELECT $4::text[])) AS subject, unnest((SELECT $5::text[])) AS author,
        unnest((SELECT $6::int8[])) AS version
) AS s WHERE EXISTS (
    SELECT FROM events e WHERE e.subject = s.subject AND e.author = s.author AND e.version = s.version::int4 OFFSET 0
)
"""
# What commits nothing waits for no standby: where one is required, something is written, to wait for all before it.
_INSIST: LiteralString = """
SELECT pg_logical_emit_message(true, '', '') WHERE current_setting('synchronous_standby_names') <> ''
"""

_int4 = Struct("!i").pack


Columns = Sequence[Sequence[bytes]]  # of rows, each value as the database takes it


class Appends(EventRows):
    """The part of a session in PostgreSQL that appends."""

    driver: psycopg.Connection[Any]
    appended: int  # events that were not there before

    def __init__(self, driver: psycopg.Connection[Any]) -> None:
        self._hot = psycopg.RawCursor(driver)
        self._alone = Prepared(driver, "append_alone", ALONE, _COLUMNS)

    @abstractmethod
    def attempt(self) -> AbstractContextManager[None]:
        """What is done inside is taken back where it raises, and nothing that was done before."""

    @abstractmethod
    def _ask(self, query: LiteralString, values: Sequence[Any] = ()) -> psycopg.RawCursor[Any]:
        """Put a question that is worth preparing."""

    def append_alone(self, event: SealedEvent, same: Same) -> StoredEvent:
        """Append where no transaction was begun."""
        try:
            taken = self._alone.run((*_row(event), mark_of(event).encode())).command_tuples
        except UniqueViolation:  # somebody was faster, perhaps with this very event
            taken = 0
        self.appended = taken or 0
        return fresh(event) if taken else self._there(event, same)

    def append(self, events: Sequence[SealedEvent], same: Same = identical) -> tuple[StoredEvent, ...]:
        if len(events) == 1:
            return (self._append_one(events[0], same, mark_of(events[0])),)
        if not events:
            return ()
        with self.attempt():
            stored = self._append_together(events)
            if stored:
                self.appended += len(events)
                return stored
            self.driver.execute("ROLLBACK TO attempt")
            return tuple(self._append_one(event, same, event.frame.submission) for event in events)

    def insist(self) -> None:
        """What is there already is acknowledged only when the standby has it, too."""
        self._hot.execute(_INSIST, prepare=True)

    def _offer(self, event: SealedEvent, mark: str) -> bool:
        """Append it in one statement, unless it is there already or its version does not follow."""
        taken = self._ask(_WITH_OTHERS, (*columns_of(event), mark)).rowcount
        self.appended += taken
        return taken == 1

    def _append_one(self, event: SealedEvent, same: Same, mark: str) -> StoredEvent:
        return fresh(event) if self._offer(event, mark) else self._there(event, same)

    def _there(self, event: SealedEvent, same: Same) -> StoredEvent:
        stored = self._repeated(event, same)
        self.insist()
        return stored

    def _append_together(self, events: Sequence[SealedEvent]) -> tuple[StoredEvent, ...]:
        """All of them taken at once; none where that cannot be, and one by one shows why."""
        rows: list[tuple[bytes, ...]] = []
        try:
            with self._hot.copy(_COPY_EVENTS) as copy:
                for piece in copied(_kept(map(_row, events), rows), _ROWS):
                    copy.write(piece)
                # All this is made while the database is still at work.
                columns = list(zip(*rows, strict=True))
                continued = _continued(columns)
                subjects, authors, versions = zip(*continued, strict=True) if continued else ((), (), ())
                marks = (columns[_AUTHOR], columns[_ID], _acts(columns))
                values = [*map(encoded, (*marks, subjects, authors)), numbers(versions)]
                stored = tuple(map(fresh, events))
        except (UniqueViolation, _Gap):
            return ()
        return stored if self._ask(_WAIT, values).fetchone() == (len(continued),) else ()


class _Gap(Exception):
    """Events of one stream do not follow each other."""


def _kept(rows: Iterable[tuple[bytes, ...]], all_: list[tuple[bytes, ...]]) -> Iterator[tuple[bytes, ...]]:
    """The rows as they come, which are kept in the list, too."""
    for row in rows:
        all_.append(row)
        yield row


def mark_of(event: SealedEvent) -> str:
    """What the mark of an event that comes alone says of its act: nothing, where it bears the event's own name."""
    frame = event.frame
    return "" if frame.submission == frame.id else frame.submission


def _acts(columns: Columns) -> list[bytes]:
    """The same of many: an act of one event and of its name takes no place in the index of acts."""
    acts = columns[_SUBMISSION]
    shared = {act for act, events in Counter(acts).items() if events > 1}
    return [b"" if act == id_ and act not in shared else act for act, id_ in zip(acts, columns[_ID], strict=True)]


def _row(event: SealedEvent) -> tuple[bytes, ...]:
    frame = event.frame
    subject = frame.subject
    return (
        frame.author.encode(),
        frame.id.encode(),
        subject.kind.encode(),
        subject.id.encode(),
        _int4(frame.version),
        frame.submission.encode(),
        event.body,
        event.sealed,
    )


def _continued(columns: Columns) -> list[tuple[bytes, bytes, int]]:
    """The streams that these events continue, and after which version. Raises _Gap where they do not follow."""
    heads: dict[tuple[bytes, bytes], int] = {}
    continued: list[tuple[bytes, bytes, int]] = []
    versions = [int.from_bytes(version, signed=True) for version in columns[_VERSION]]
    for stream, version in zip(zip(columns[_SUBJECT], columns[_AUTHOR], strict=True), versions, strict=True):
        before = heads.get(stream)
        if before is None and version > 1:
            continued.append((*stream, version - 1))
        elif version != (before or 0) + 1:
            raise _Gap
        heads[stream] = version
    return continued
