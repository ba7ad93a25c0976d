"""What need not be derived again: dossiers that stand, byte for byte, as they stood when nothing was wrong with them.

What the checks find of a dossier follows from its rows in some tables, from what was recorded of offices, from what the
node serves, and from our code; from nothing else. So where all of these are the very bytes of a look that found
nothing, another would find nothing. A proof is made under a key that no database holds: whoever alters rows there, or
brings an old one back beside a row that moved on, has no proof for what they left. What is due of a person with ties
hangs on the dossiers of those tied to them, too: their rows are proved with the person's own.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeVar, cast

import msgspec

from events.envelope import Ref
from events.errors import Tampered
from events.store.contract import Gathered
from events.store.rules import feed_order, log_order
from events.store.sql.events import EventRow
from events.store.sql.feed import delivery_of
from events.store.sql.rows import Query, all_about, by_key
from events.store.sql.schema import deliveries
from exchange.audit.lists import LISTED, Lists
from exchange.protocol.comparing.agreement import PairState
from exchange.tables import books, proofs, records, schema
from exchange.tables.books import BookRow
from exchange.tables.proofs import Proof
from exchange.tables.records import RecordRow
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node


R = TypeVar("R")
T = TypeVar("T")

_TOLD = all_about(deliveries)
_TABLES = (_TOLD, all_about(books.books), all_about(schema.records), *LISTED)
_FORM = "checks/3"
_packed = msgspec.msgpack.Encoder().encode


class Rows:
    """All that is stored of some dossiers in the log and in these tables, as bytes."""

    def __init__(self, session: SqlSession, persons: Sequence[str], tables: Iterable[Query] = _TABLES) -> None:
        self.events: dict[str, list[EventRow]] = {}
        for row in session.rows_of(persons):
            self.events.setdefault(row.subject, []).append(row)
        self._keys = session.wrapped_keys(persons)
        self._others = [by_key(session.ask_rows(query, persons)) for query in tables]

    def first_known(self, ids: Sequence[str]) -> str:
        """The id in whose turn a dossier is looked at that comes up with each of its ids."""
        return next(
            (person for person in ids if any(row.place is not None for row in self.events.get(person, ()))), ids[0]
        )

    def logged(self, ids: Sequence[str]) -> Iterator[EventRow]:
        """The events of one dossier."""
        return (row.mended() for person in ids for row in self.events.get(person, ()))

    def gathered(self, ids: tuple[str, ...]) -> Gathered:
        """One dossier, as the store gathers it. Raises Tampered where a row says nothing, naming the `event` of it."""
        told = (_read(delivery_of, row[1:], *row[1:3]) for row in self._about(0, ids))
        events = (_read(EventRow.stored, row, row.author, row.id) for row in self.logged(ids))
        return Gathered(
            dossiers=dict.fromkeys(ids, ids),
            events=tuple(sorted(events, key=log_order)),
            deliveries=tuple(sorted(told, key=feed_order)),
            keys={person: self._keys[person] for person in ids if person in self._keys},
            named={},
            offices=frozenset(),
        )

    def held(self, ids: Sequence[str]) -> list[BookRow]:
        """What the books hold of one dossier."""
        return sorted((books.row_of(row[1:]) for row in self._about(1, ids)), key=books.order)

    def records(self, ids: Sequence[str]) -> list[RecordRow]:
        """The records that are stored of one dossier."""
        return sorted((records.row_of(row[1:]) for row in self._about(2, ids)), key=records.order)

    def lists(self) -> Lists:
        """The cases and inboxes of all of them."""
        return Lists(*self._others[-len(LISTED) :])

    def _about(self, table: int, ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        return (row for person in ids for row in self._others[table].get(person, ()))

    def digest(self, ids: Sequence[str], common: bytes) -> bytes:
        """Of all rows of one dossier, and of what all dossiers have in common."""
        tables: list[Mapping[str, Sequence[tuple[Any, ...]]]] = [self.events, *self._others]
        rows = [[sorted(map(_packed, table.get(person, ()))) for table in tables] for person in ids]
        return sha256(_packed((common, ids, [self._keys.get(person) for person in ids], rows))).digest()


def _read(read: Callable[[R], T], row: R, author: object, id_: object) -> T:
    try:
        return read(row)
    except Tampered as error:
        raise Tampered(field=error.field, rule=error.rule, event=Ref(str(author), str(id_))) from error


class Proved(msgspec.Struct, frozen=True):
    """A dossier with which nothing was wrong: its ids, the states of its pairs of offices, and who is tied to it."""

    ids: Sequence[str]
    pairs: Sequence[PairState]
    relatives: frozenset[str] = frozenset()


class _Kindred:
    """What is stored of relatives, as far as what is due of others hangs on it: their events and who was told them."""

    def __init__(self, session: SqlSession, persons: Collection[str]) -> None:
        self._dossiers = session.dossiers(persons) if persons else {}
        self._rows = Rows(session, list(dict.fromkeys(chain(*self._dossiers.values()))), [_TOLD]) if persons else None

    def digest(self, persons: Iterable[str]) -> list[bytes]:
        """Of the dossier of each."""
        if self._rows is None:
            return []
        return [self._rows.digest(self._dossiers.get(person, ()), person.encode()) for person in persons]


class Known:
    """The proofs of one look. `trusted`: whether what was proved before is taken for granted."""

    def __init__(self, node: Node, session: SqlSession, *, trusted: bool) -> None:
        self._node = node
        self._trusted = trusted
        about_offices = sorted(session.rows_about_offices())
        self._common = sha256(_packed((code(), node.settings.serves, node.settings.peers, about_offices))).digest()
        self._digests: dict[str, bytes] = {}
        self._stored: Mapping[str, Proof] = {}
        self._proofs: Mapping[str, Proof] = {}
        self._kindred = _Kindred(session, ())
        self.fresh: list[Proof] = []

    def look(self, session: SqlSession, rows: Rows, dossiers: Iterable[Sequence[str]]) -> None:
        """At these dossiers, in the place of those before."""
        self._digests = {ids[0]: rows.digest(ids, self._common) for ids in dossiers}
        self._stored = proofs.of_persons(session.sql, self._digests)
        self._proofs = self._stored if self._trusted else {}
        self._kindred = _Kindred(session, {each for one in self._proofs.values() for each in one.relatives.split()})

    def pairs(self, ids: Sequence[str]) -> tuple[PairState, ...] | None:
        """The states of its pairs of offices, where nothing is wrong with the dossier; None where that is not known."""
        found = self._proofs.get(ids[0])
        if found is None or found.proof != self._proof(ids[0], found.pairs, found.relatives, self._kindred):
            return None
        return cast("tuple[PairState, ...]", tuple(found.pairs.split()))

    def nothing_wrong(self, session: SqlSession, dossiers: Sequence[Proved]) -> None:
        """With these, as they were looked at."""
        kindred = _Kindred(session, {each for one in dossiers for each in one.relatives})
        for one in dossiers:
            person, pairs, relatives = one.ids[0], " ".join(one.pairs), " ".join(sorted(one.relatives))
            made = Proof(person, self._proof(person, pairs, relatives, kindred), pairs, relatives)
            if self._stored.get(person) != made:
                self.fresh.append(made)

    def _proof(self, person: str, pairs: str, relatives: str, kindred: _Kindred) -> bytes:
        theirs = kindred.digest(relatives.split())
        return self._node.index.token(_FORM, _packed((self._digests[person], pairs, relatives, theirs)).hex())


@lru_cache
def code() -> bytes:
    """The digest of our own sources: what another version found says nothing about what this one would."""
    found = sha256()
    for package in ("events", "exchange"):
        for path, content in _sources(files(package), package):
            found.update(_packed((path, content)))
    return found.digest()


def _sources(folder: Traversable, path: str) -> Iterable[tuple[str, bytes]]:
    for each in sorted(folder.iterdir(), key=lambda each: each.name):
        if each.is_dir():
            yield from _sources(each, f"{path}/{each.name}")
        elif each.name.endswith(".py"):
            yield f"{path}/{each.name}", each.read_bytes()
