"""What need not be derived again: dossiers that stand, byte for byte, as they stood when nothing was wrong with them.

What the checks find of a dossier follows from its rows in five tables, from what was recorded of offices, from what the
node serves, and from our code; from nothing else. So where all of these are the very bytes of a look that found
nothing, another would find nothing. A proof is made under a key that no database holds: whoever alters rows there, or
brings an old one back beside a row that moved on, has no proof for what they left. A dossier with ties has none, for
what is due of it hangs on the dossiers of others, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any, cast

import msgspec

from events.store.sql.events import EventRow
from events.store.sql.rows import Query
from exchange.protocol.agreement import PairState
from exchange.tables import proofs
from exchange.tables.proofs import Proof
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

# Whatever columns there are, now or later.
_TABLES = (
    Query("SELECT person, * FROM deliveries WHERE person {keys}"),
    Query("SELECT person, * FROM books WHERE person {keys}"),
    Query("SELECT person, * FROM records WHERE person {keys}"),
)
_FORM = "checks/1"
_packed = msgspec.msgpack.Encoder().encode


class Rows:
    """All that is stored of some dossiers, as bytes."""

    def __init__(self, session: SqlSession, persons: Sequence[str]) -> None:
        self.events: dict[str, list[EventRow]] = {}
        for row in session.rows_of(persons):
            self.events.setdefault(row.subject, []).append(row)
        self._keys = session.wrapped_keys(persons)
        self._others = [_by_person(session.ask_rows(query, persons)) for query in _TABLES]

    def first_known(self, ids: Sequence[str]) -> str:
        """The id in whose turn a dossier is looked at that comes up with each of its ids."""
        return next(
            (person for person in ids if any(row.place is not None for row in self.events.get(person, ()))), ids[0]
        )

    def digest(self, ids: Sequence[str], common: bytes) -> bytes:
        """Of all rows of one dossier, and of what all dossiers have in common."""
        tables: list[Mapping[str, Sequence[tuple[Any, ...]]]] = [self.events, *self._others]
        rows = [[sorted(table.get(person, ())) for table in tables] for person in ids]
        return sha256(_packed((common, ids, [self._keys.get(person) for person in ids], rows))).digest()


class Known:
    """The proofs of one look. `trusted`: whether what was proved before is taken for granted."""

    def __init__(self, node: Node, session: SqlSession, *, trusted: bool) -> None:
        self._node = node
        self._trusted = trusted
        about_offices = sorted(session.rows_about_offices())
        self._common = sha256(_packed((code(), node.settings.serves, node.settings.peers, about_offices))).digest()
        self._digests: dict[str, bytes] = {}
        self._proofs: Mapping[str, Proof] = {}
        self.fresh: list[Proof] = []

    def look(self, session: SqlSession, rows: Rows, dossiers: Iterable[Sequence[str]]) -> None:
        """At these dossiers, in the place of those before."""
        self._digests = {ids[0]: rows.digest(ids, self._common) for ids in dossiers}
        self._proofs = proofs.of_persons(session.sql, self._digests) if self._trusted else {}

    def pairs(self, ids: Sequence[str]) -> tuple[PairState, ...] | None:
        """The states of its pairs of offices, where nothing is wrong with the dossier; None where that is not known."""
        found = self._proofs.get(ids[0])
        if found is None or found.proof != self._proof(ids, found.pairs):
            return None
        return cast("tuple[PairState, ...]", tuple(found.pairs.split()))

    def nothing_wrong(self, ids: Sequence[str], pairs: Iterable[PairState]) -> None:
        """With this dossier, as it was looked at."""
        told = " ".join(pairs)
        self.fresh.append(Proof(ids[0], self._proof(ids, told), told))

    def _proof(self, ids: Sequence[str], pairs: str) -> bytes:
        return self._node.index.token(_FORM, f"{self._digests[ids[0]].hex()} {pairs}")


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


def _by_person(rows: Iterable[tuple[Any, ...]]) -> dict[str, list[tuple[Any, ...]]]:
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found
