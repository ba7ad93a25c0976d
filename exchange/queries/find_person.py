"""Find a person by a document, among those whom the caller's office holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from events.documents import mask, parse
from events.names import full_name
from exchange.access import access_log
from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.commands.match_person import LOOKUP, document_token
from exchange.protocol.record import Record
from exchange.protocol.shown.sheet import State, state
from exchange.readable import seen
from exchange.tables import records

if TYPE_CHECKING:
    from exchange.node import Node


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One person who bears the document, as the office sees them; the number is masked.

    `unreadable`: something of the person was altered, so that nobody can say who it is.
    """

    person: str
    state: State
    name: str | None
    document: str
    unreadable: bool = False


def find_person(node: Node, caller: Caller, purpose: str, kind: str, number: str) -> list[Found]:
    """Those whom the caller's office holds; nobody else's persons are ever found (K2).

    Raises Malformed where the number can be no such document's, Forbidden, and Malformed for an unknown purpose.
    """
    require(caller, purpose)
    shown = mask(parse(kind, number, as_printed=True))
    token = document_token(node.index, kind, number)
    with node.look(caller) as session:
        persons = session.persons_with(LOOKUP, token)
        held = seen(node, session, caller.office, persons)
        rows = [row for person in held.lost if (row := records.one(session.sql, caller.office, person)) is not None]
    found: dict[str, Found] = {}
    for record in _held(held.records, persons):
        name: Any = record.particulars.get("name", "")
        found[record.person] = Found(person=record.person, state=state(record), name=full_name(name), document=shown)
    closed = [(record.person, state(record)) for record in _held(held.closed, persons)]
    lost = [(row.survivor, row.state) for row in rows if row.state != "withdrawn"]
    for person, stands in (*closed, *lost):
        found[person] = Found(person=person, state=stands, name=None, document=shown, unreadable=True)
    access_log.note(node.uow, caller, purpose, [(p, ("name", f"document.{kind}")) for p in found], node.clock())
    return list(found.values())


def _held(records: Iterable[Record], persons: Collection[str]) -> Iterator[Record]:
    """Of these records, those of whom the office holds with the document that these persons bear."""
    for record in records:
        if record.facts and state(record) != "withdrawn" and not set(record.persons).isdisjoint(persons):
            yield record
