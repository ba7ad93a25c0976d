"""All that is stored of some dossiers, asked of PostgreSQL in one statement, which is one moment by itself.

Each kind of row has its own columns among those that all share. Everything is looked up by index, from the keys on:
each part stands behind an `OFFSET 0`, so that what is believed of the tables makes no difference.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, LiteralString

from psycopg import Connection
from psycopg.adapt import Transformer

from events.envelope import Ref
from events.store.contract import Gathered, StoredDelivery, StoredEvent
from events.store.packed import Packed, numbers, texts
from events.store.prepared import Prepared
from events.store.rules import feed_order, log_order
from events.store.sql.events import stored_event
from events.store.sql.feed import COLUMNS, delivery_of
from events.store.sql.rows import Asking, Query

_JOINED, _EVENT, _TOLD, _KEY, _NAMED, _OFFICE = range(6)
_WORDS, _NUMBERS, _BLOBS = 12, 3, 2  # columns of each type that the rows share
_NUMBER, _BLOB = _WORDS, _WORDS + _NUMBERS  # where the others begin
_NUMBERED: Final = ("revision", "position", "at")
_WORDED = tuple(name for name in COLUMNS if name not in _NUMBERED)


def _row(
    kind: int,
    words: Sequence[LiteralString] = (),
    numbers: Sequence[LiteralString] = (),
    blobs: Sequence[LiteralString] = (),
) -> LiteralString:
    shared = ((words, _WORDS, "text"), (numbers, _NUMBERS, "int8"), (blobs, _BLOBS, "bytea"))
    columns = [
        f"{each}::{type_}" for given, size, type_ in shared for each in [*given, *["NULL"] * (size - len(given))]
    ]
    return f"SELECT {', '.join((str(kind), *columns))}"


_PLACED = """SELECT e.body, e.sealed, l."index", l.at FROM events e LEFT JOIN LATERAL (
    SELECT "index", at FROM log WHERE author = e.author AND id = e.id OFFSET 0) AS l ON true"""
_PLACE: Final = (('"index"', "at"), ("body", "sealed"))

_GATHER: LiteralString = f"""
WITH wanted AS MATERIALIZED (
    SELECT w.mine, COALESCE(d.person, w.mine) AS theirs FROM unnest((SELECT $1::text[])) AS w (mine) LEFT JOIN LATERAL (
        SELECT o.person FROM dossiers m CROSS JOIN LATERAL (
            SELECT person FROM dossiers WHERE dossier = m.dossier OFFSET 0) AS o
        WHERE m.person = w.mine OFFSET 0) AS d ON true
), ids AS MATERIALIZED (SELECT DISTINCT theirs FROM wanted)
{_row(_JOINED, ("mine", "theirs"))} FROM wanted
UNION ALL {_row(_EVENT, (), *_PLACE)} FROM ids CROSS JOIN LATERAL ({_PLACED} WHERE e.subject = theirs OFFSET 0) AS e
UNION ALL {_row(_TOLD, _WORDED, _NUMBERED)} FROM ids CROSS JOIN LATERAL (
    SELECT * FROM deliveries WHERE person = theirs OFFSET 0) AS d
UNION ALL {_row(_KEY, ("theirs",), (), ("wrapped",))} FROM ids CROSS JOIN LATERAL (
    SELECT wrapped FROM keys WHERE person = theirs AND wrapped IS NOT NULL OFFSET 0) AS k
UNION ALL {_row(_NAMED, (), *_PLACE)} FROM unnest((SELECT $2::text[]), (SELECT $3::text[])) AS n (author, id)
    CROSS JOIN LATERAL ({_PLACED} WHERE e.author = n.author AND e.id = n.id OFFSET 0) AS e
UNION ALL {_row(_OFFICE, ("author", "id"))} FROM events WHERE kind = 'jurisdiction'
"""  # noqa: S608 (our own words)


_PACKS: Mapping[str, Callable[[Iterable[Any]], Packed]] = {"text": texts, "int8": numbers}


def packed(query: Query, keys: Iterable[Any]) -> list[Packed]:
    """The keys of a question, an array for each column."""
    return [_PACKS[kind](column) for kind, column in zip(query.kinds, query.columns(keys), strict=True)]


class Gathering(Asking):
    """What is asked of PostgreSQL with keys that are packed, and told row by row."""

    @abstractmethod
    def told(self, query: LiteralString, keys: Sequence[Packed]) -> Iterable[tuple[Any, ...]]:
        """The rows that answer the question, which is worth preparing."""

    def ask_rows(self, query: Query, keys: Iterable[Any]) -> Iterable[tuple[Any, ...]]:
        return self.told(query.in_postgres, packed(query, keys))

    def gathered(self, persons: Iterable[str], named: Iterable[Ref] = ()) -> Gathered:
        rows: tuple[list[Sequence[Any]], ...] = tuple([] for _ in range(_OFFICE + 1))
        wanted, refs = list(dict.fromkeys(persons)), list(named)
        keys = [texts(wanted), texts(ref.author for ref in refs), texts(ref.id for ref in refs)]
        for kind, *row in self.told(_GATHER, keys):
            rows[kind].append(row)
        dossiers: dict[str, list[str]] = {person: [] for person in wanted}
        for mine, theirs, *_ in rows[_JOINED]:
            dossiers[mine].append(theirs)
        events = {event.frame.ref: event for event in map(_event, rows[_NAMED])}
        return Gathered(
            dossiers={person: tuple(sorted(joined)) for person, joined in dossiers.items()},
            events=tuple(sorted(map(_event, rows[_EVENT]), key=log_order)),
            deliveries=tuple(sorted(map(_delivery, rows[_TOLD]), key=feed_order)),
            keys={row[0]: row[_BLOB] for row in rows[_KEY]},
            named=events,
            offices=frozenset(Ref(row[0], row[1]) for row in rows[_OFFICE]),
        )


class Glimpse(Gathering):
    """A connection on which no transaction was begun: each question is one moment, and goes straight to libpq."""

    def __init__(self, driver: Connection[Any]) -> None:
        self._driver = driver
        self._known: dict[str, Prepared] = {}
        self._form = Transformer(driver)

    def told(self, query: LiteralString, keys: Sequence[Packed]) -> list[tuple[Any, ...]]:
        if query not in self._known:
            self._known[query] = Prepared(self._driver, f"glance_{len(self._known)}", query, len(keys))
        found = self._known[query].run(keys)
        self._form.set_pgresult(found)
        return self._form.load_rows(0, found.ntuples, tuple)


_in_order = itemgetter(*((*_WORDED, *_NUMBERED).index(name) for name in COLUMNS))


def _event(row: Sequence[Any]) -> StoredEvent:
    return stored_event((*row[_BLOB:], *row[_NUMBER : _NUMBER + 2]))


def _delivery(row: Sequence[Any]) -> StoredDelivery:
    return delivery_of(_in_order(row))
