"""The words in which a file takes events, one or many in a statement, and the rows that they are given."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice

from events.codec import SealedEvent
from events.store.sql.events import columns_of

# A row is the columns of an event and the version that must stand before it; 0 where none must.
_ROW = "(?, ?, ?, ?, ?, ?, ?, ?, ?)"
_INSERT = """
INSERT INTO events (author, id, kind, subject, version, submission, body, sealed)
SELECT column1, column2, column3, column4, column5, column6, column7, column8 FROM (VALUES {rows})
WHERE column9 = 0 OR EXISTS (SELECT 1 FROM events WHERE subject = column4 AND author = column1 AND version = column9)
ON CONFLICT DO NOTHING
"""
# An act of several that bears the name of one of them: the trigger takes that one for an act by itself. `?2`: how many
# were appended last.
NAME_ACTS = """
UPDATE pending SET submission = id
WHERE submission = '' AND id IN (SELECT value FROM json_each(?1))
    AND position > (SELECT max(position) FROM pending) - ?2
"""
_TOGETHER = 100  # events in one statement: because of the trigger, each statement first copies the pages it changes


@lru_cache(maxsize=_TOGETHER)
def statement(rows: int) -> str:
    return _INSERT.format(rows=", ".join([_ROW] * rows))


def in_statements(rows: Iterable[tuple[object, ...]]) -> Iterator[list[tuple[object, ...]]]:
    rest = iter(rows)
    while some := list(islice(rest, _TOGETHER)):
        yield some


def named_by_one(events: Sequence[SealedEvent]) -> list[str]:
    """The acts of several of these events that bear the name of one of them."""
    acts = Counter(event.frame.submission for event in events)
    return [event.frame.id for event in events if acts[event.frame.id] > 1]


def chained(events: Iterable[SealedEvent]) -> Iterator[tuple[object, ...]]:
    """The rows of these events. One that follows on another of them is not looked for in the table: the statement
    would not see it there. That the other is taken shows in the count.
    """
    given: set[tuple[str, str, int]] = set()
    for event in events:
        frame = event.frame
        stream, before = (frame.author, frame.subject.id), frame.version - 1
        yield (*columns_of(event), 0 if (*stream, before) in given else before)
        given.add((*stream, frame.version))
