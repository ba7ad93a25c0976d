"""Outlines of everybody, folded from the log alone, and held against what the keeper of each person has stored.

The keeper may rightly know otherwise, for not everything is told to it. So where the two are not alike its book is
read; only where the stored record is not what that book says does it differ.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from events.catalogue.values import town
from events.codec import SealedEvent, opened_event, thaw
from events.envelope import Part
from events.errors import Tampered
from events.event import Event
from events.store.sql.rows import batches
from events.store.sql.schema import events, log
from events.vault.seal import Binding, open_parts
from exchange.audit.rebuild import Key, as_stored, compared
from exchange.books import UNREADABLE, Shelf
from exchange.everybody import everybody
from exchange.firsts import Firsts
from exchange.pipeline.project import opened_sheet
from exchange.progress import Tell, nobody
from exchange.protocol.offices import Offices
from exchange.protocol.plain.line import Line
from exchange.protocol.plain.outline import Outline, outlines
from exchange.protocol.plain.parts import Open, Parts
from exchange.tables import records
from exchange.tables.records import RecordRow
from exchange.unit_of_work import SqlSession

if TYPE_CHECKING:
    from exchange.node import Node

Ciphers = Mapping[str, AESGCM]
_WITH_LOG = events.join(log, (log.c.author == events.c.author) & (log.c.id == events.c.id))

_commitments = msgspec.json.Decoder(dict[str, str]).decode
_sheet = msgspec.json.Decoder(dict[str, Any]).decode


class Folded(msgspec.Struct, frozen=True, kw_only=True):
    """`otherwise`: persons of whom the keeper knows something else than the log; `differing`: as in a rebuild.

    Of each the first, and how many there are `in_all`.
    """

    persons: int
    events: int
    otherwise: tuple[str, ...]
    otherwise_in_all: int
    differing: tuple[Key, ...]
    differing_in_all: int


class History(msgspec.Struct, frozen=True):
    """Every event of one dossier, as it is stored: bodies and sealed parts. `ciphers`: None where no part is opened."""

    persons: tuple[str, ...]
    bodies: list[bytes]
    sealed: list[bytes]
    ciphers: Ciphers | None = None

    def outlines(self, offices: Offices) -> tuple[Outline, ...]:
        """What these events say, whoever was told of them."""
        return outlines(self.bodies, self.events, offices, None if self.ciphers is None else self._open(self.ciphers))

    def events(self) -> Iterator[Event]:
        """The events themselves, as far as the parts that were opened tell them."""
        ciphers = self.ciphers or {}
        for body, sealed in zip(self.bodies, self.sealed, strict=True):
            frame = thaw(body)
            yield opened_event(SealedEvent(frame=frame, body=body, sealed=sealed), ciphers.get(frame.subject.id))

    def _open(self, ciphers: Ciphers) -> Open:
        person = self.persons[0]  # of nearly every dossier the only one
        first = ciphers.get(person)

        def opened(number: int, line: Line, wanted: frozenset[Part]) -> Parts:
            cipher = first if line.subject[1] == person else ciphers.get(line.subject[1])
            if cipher is None or not line.commitments:
                return {}
            binding = Binding(line.id, line.author, line.subject[1], line.type, line.schema)
            return open_parts(self.sealed[number], binding, cipher, _commitments(line.commitments), wanted)

        return opened


def folded(node: Node, *, parts: bool, batch: int = 500, tell: Tell = nobody) -> Folded:
    """Fold the log, person by person. `parts`: opened too, so that particulars are compared; else no key is used.

    `tell`: how many persons are done, now and then.
    """
    persons = count = 0
    otherwise: Firsts[str] = Firsts()
    differing: Firsts[Key] = Firsts()
    with node.uow.look() as session:
        for some in everybody(session, batch):
            told = list(histories(node, session, some, parts=parts))
            everyone = [person for history in told for person in history.persons]
            rows = {(row.office, row.person): row for row in records.of_persons(session.sql, everyone)}
            suspects: set[str] = set()
            tampered: set[Key] = set()
            for history in told:
                try:
                    said = history.outlines(node.offices)
                except UNREADABLE:  # which its own book shows in the same way
                    suspects.update(history.persons)
                    said = ()
                for found in said:
                    try:
                        if not _agrees(node, history, found, rows):
                            suspects.add(found.person)
                    except Tampered:
                        tampered.add((str(found.keeper), found.person))
                count += len(history.bodies)
            dossiers, closed = as_stored(node, session, sorted(suspects))
            wrong = [*compared(node, session, dossiers)[1], *(key for one in closed for key in one.keys)]
            otherwise.add(sorted(suspects - {person for _, person in wrong}))
            differing.add(sorted(tampered.union(wrong)))
            persons += len(some)
            tell(persons)
    return Folded(
        persons=persons,
        events=count,
        otherwise=tuple(otherwise.kept),
        otherwise_in_all=otherwise.in_all,
        differing=tuple(differing.kept),
        differing_in_all=differing.in_all,
    )


def histories(node: Node, session: SqlSession, persons: list[str], *, parts: bool) -> Iterator[History]:
    """The dossiers whose first id is among these, with what the log holds of them."""
    groups = [group for group in dict.fromkeys(session.dossiers(persons).values()) if group[0] in persons]
    ids = [person for group in groups for person in group]
    wrapped = session.wrapped_keys(ids) if parts else {}
    stored: dict[str, list[tuple[bytes, bytes]]] = {}
    for some in batches(ids):
        query = select(events.c.subject, events.c.body, events.c.sealed).select_from(_WITH_LOG)
        for person, body, sealed in session.sql.execute(query.where(events.c.subject.in_(some))):
            stored.setdefault(person, []).append((body, sealed))
    for group in groups:
        own = [frame for person in group for frame in stored.get(person, ())]
        if own:
            bodies, sealed = zip(*own, strict=True)
            yield History(group, list(bodies), list(sealed), node.keys.ciphers(wrapped) if parts else None)


def _agrees(node: Node, history: History, found: Outline, rows: Mapping[Key, RecordRow]) -> bool:
    """Whether the keeper's stored record says the same as the log."""
    if found.keeper is None or not node.serves(found.keeper):
        return True
    row = rows.get((found.keeper, found.person))
    if row is None:
        return False
    registered = found.registration == town(found.keeper)
    alike = (row.survivor, row.keeper, row.lives_at) == (found.person, found.keeper, found.lives_at)
    return (
        alike
        and registered == ("registration" in row.roles)
        and not (found.died_on is not None and row.state == "open")
        and (history.ciphers is None or _says(history, node.offices, found, row))
    )


def _says(history: History, offices: Offices, found: Outline, row: RecordRow) -> bool:
    plain = opened_sheet(Shelf(history.persons, (), (), history.ciphers or {}, offices), row)
    if not plain:
        return True  # the person was erased
    sheet = _sheet(plain)
    return (sheet["particulars"], sheet["died_on"]) == (found.particulars, found.died_on)
