"""Find a person by a document, among those whom the caller's office holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from events.documents import mask, parse
from events.names import full_name
from exchange.access import access_log
from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.books import shelves
from exchange.commands.match_person import LOOKUP, document_token
from exchange.protocol.sheet import state
from exchange.protocol.view import view

if TYPE_CHECKING:
    from exchange.node import Node


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One person who bears the document, as the office sees them; the number is masked."""

    person: str
    state: str
    name: str
    document: str


def find_person(node: Node, caller: Caller, purpose: str, kind: str, number: str) -> list[Found]:
    """Those whom the caller's office holds; nobody else's persons are ever found (K2).

    Raises Malformed where the number can be no such document's, Forbidden, and Malformed for an unknown purpose.
    """
    require(caller, purpose)
    shown = mask(parse(kind, number, as_printed=True))
    token = document_token(node.index, kind, number)
    with node.look(caller) as session:
        persons = session.persons_with(LOOKUP, token)
        dossiers = shelves(session, node.keys, node.offices, persons, pending=True)
    found: dict[str, Found] = {}
    for dossier in dossiers:
        for record in view(dossier.book(caller.office)):
            held = state(record)
            if not record.facts or held == "withdrawn" or not set(record.persons) & set(persons):
                continue
            name: Any = record.particulars.get("name", "")
            found[record.person] = Found(person=record.person, state=held, name=full_name(name), document=shown)
    access_log.note(node.uow, caller, purpose, [(p, ("name", f"document.{kind}")) for p in found], node.clock())
    return list(found.values())
