"""What the store tells about the items of a batch, asked for all of them together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import select

from events.envelope import Ref
from events.store.contract import Gathered, StoredEvent
from events.store.sql.rows import batches
from events.store.sql.schema import tokens as tokens_table
from exchange.books import Shelf, shelf, shelved
from exchange.commands import match_person
from exchange.commands.act import Item
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node


class Unseen(Exception):
    """A decision needs more than what was read at a glance."""


def nothing_more() -> SqlSession:
    """In place of a session, where there is none. Raises Unseen."""
    raise Unseen


def asked(node: Node, office: str, items: Sequence[Item]) -> tuple[set[str], list[Ref]]:
    """The persons whom these items name, and the names that their events have or would get."""
    # A repeat may have been recorded by an office that this one succeeded; what it recorded itself comes last.
    offices = [*sorted(node.offices.taken_over(office) - {office}), office]
    named = [Ref(each, item.id) for each in offices for item in items if item.id is not None]
    return {item.person for item in items if item.person is not None and item.person.count("-") == 4}, named


class Lookups:
    """Stored events by id, persons by document, and dossiers. `forget` what an act has changed.

    `found`: what was read for all of them together; `holders`: of the documents that they bear. `session`: where to
    ask whatever else is to be known.
    """

    def __init__(
        self,
        node: Node,
        office: str,
        found: Gathered,
        session: Callable[[], SqlSession],
        holders: Mapping[bytes, set[str]] | None = None,
    ) -> None:
        self.session = session
        self._node = node
        self._stored = {
            Ref(office, ref.id): found.named[ref] for ref in sorted(found.named, key=lambda r: r.author == office)
        }
        self._holders: dict[bytes, set[str]] = dict(holders or {})
        self._shelves: dict[str, Shelf] = {}
        for one in shelved(found, node.keys, node.offices, pending=True):
            self._shelves.update(dict.fromkeys(one.persons, one))

    def stored(self, ref: Ref) -> StoredEvent | None:
        """The event that was recorded under this id before the batch came."""
        return self._stored.get(ref)

    def holders(self, token: bytes) -> set[str]:
        """Who holds this document."""
        if token not in self._holders:
            self._holders |= holders_of(self.session(), {token})
        return self._holders[token]

    def shelf(self, person: str) -> Shelf:
        """The person's dossier, with what the sequencer has not reached."""
        if person not in self._shelves:
            found = shelf(self.session(), self._node.keys, self._node.offices, person, pending=True)
            self._shelves.update(dict.fromkeys((person, *found.persons), found))
        return self._shelves[person]

    def apart(self, subject: str, persons: Iterable[str]) -> Iterator[str]:
        """One of each dossier among these persons that is not read together with the subject yet."""
        together = {subject}
        for person in sorted(persons):
            if person not in together:
                others = self.shelf(person).persons
                together |= {person, *others}
                if subject not in others:
                    yield person

    def hold(self, token: bytes, person: str) -> None:
        """From now on the person holds this document."""
        self._holders.setdefault(token, set()).add(person)

    def forget(self, persons: Iterable[str]) -> None:
        """Ask the store again about these persons and everybody in their dossiers."""
        for person in persons:
            known = self._shelves.get(person)
            for joined in known.persons if known is not None else (person,):
                self._shelves.pop(joined, None)


def holders_of(session: SqlSession, tokens: Iterable[bytes]) -> dict[bytes, set[str]]:
    """Who holds each of these documents."""
    found: dict[bytes, set[str]] = {token: set() for token in tokens}
    for batch in batches(sorted(found)):
        wanted = (tokens_table.c.kind == match_person.LOOKUP) & tokens_table.c.token.in_(batch)
        for row in session.sql.execute(select(tokens_table).where(wanted)):
            found[row.token].add(row.person)
    return found
