"""What the store tells about the items of a batch, asked for all of them together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from events.envelope import Ref
from events.store.contract import StoredEvent
from events.store.sql.rows import batches
from events.store.sql.schema import tokens as tokens_table
from exchange.books import Shelf, shelf, shelves
from exchange.commands import match_person
from exchange.commands.act import Item
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node


def _refs(offices: Iterable[str], ids: Sequence[str]) -> list[Ref]:
    return [Ref(office, id_) for office in offices for id_ in ids]


class Lookups:
    """Stored events by id, persons by document, and dossiers. `forget` what an act has changed."""

    def __init__(self, node: Node, session: SqlSession, office: str, items: Sequence[Item]) -> None:
        self._node = node
        self._session = session
        ids = [item.id for item in items if item.id is not None]
        offices = sorted(node.offices.taken_over(office) - {office})
        # A repeat may have been recorded by an office that this one succeeded.
        self._stored = {Ref(office, ref.id): s for ref, s in session.events(_refs(offices, ids)).items()}
        self._stored |= session.events(_refs([office], ids))
        self._holders: dict[bytes, set[str]] = {}
        self._find({token for item in items for token in match_person.tokens(node.index, item.content)})
        named = {item.person for item in items if item.person is not None and item.person.count("-") == 4}
        wanted = named.union(*self._holders.values())
        self._shelves: dict[str, Shelf] = {}
        for found in shelves(session, node.keys, node.offices, sorted(wanted), pending=True):
            self._shelves.update(dict.fromkeys(found.persons, found))

    def stored(self, ref: Ref) -> StoredEvent | None:
        """The event that was recorded under this id before the batch came."""
        return self._stored.get(ref)

    def holders(self, tokens: Sequence[bytes]) -> set[str]:
        """Who holds one of these documents."""
        self._find({token for token in tokens if token not in self._holders})
        return set().union(*(self._holders[token] for token in tokens))

    def shelf(self, person: str) -> Shelf:
        """The person's dossier, with what the sequencer has not reached."""
        if person not in self._shelves:
            found = shelf(self._session, self._node.keys, self._node.offices, person, pending=True)
            self._shelves.update(dict.fromkeys((person, *found.persons), found))
        return self._shelves[person]

    def hold(self, token: bytes, person: str) -> None:
        """From now on the person holds this document."""
        self._holders.setdefault(token, set()).add(person)

    def forget(self, persons: Iterable[str]) -> None:
        """Ask the store again about these persons and everybody in their dossiers."""
        for person in persons:
            known = self._shelves.get(person)
            for joined in known.persons if known is not None else (person,):
                self._shelves.pop(joined, None)

    def _find(self, tokens: set[bytes]) -> None:
        self._holders.update({token: set() for token in tokens})
        for batch in batches(sorted(tokens)):
            wanted = (tokens_table.c.kind == match_person.LOOKUP) & tokens_table.c.token.in_(batch)
            for row in self._session.sql.execute(select(tokens_table).where(wanted)):
                self._holders[row.token].add(row.person)
