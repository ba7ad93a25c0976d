"""Prefilled registration: what the keeper of a newcomer holds, for the town that receives them, with their consent.

The one look that the catalogue allows beyond the office's own book: it answers as an enquiry for the purpose
`registration` is answered, at once and by the keeper's own book. What does not fit is answered as nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from events.catalogue.case import EnquiryOpened
from events.documents import parse
from events.errors import Malformed
from events.names import normalise
from exchange.access import access_log
from exchange.access.caller import Caller, Forbidden
from exchange.access.rate import attempt
from exchange.commands.match_person import LOOKUP, document_token, telling
from exchange.protocol.comparing.equal import keeps
from exchange.protocol.questions.enquiry import PURPOSES, fitting, prepared
from exchange.protocol.record import Record
from exchange.readable import of_shelf, readable

if TYPE_CHECKING:
    from exchange.books import Shelf
    from exchange.node import Node

PURPOSE = "registration"


class Prefilled(msgspec.Struct, frozen=True, kw_only=True):
    """What may be recorded after review: `stated` and `registration` as `movement.arrived` takes them."""

    held: bool = False
    keeper: str | None = None
    registration: Mapping[str, Any] | None = None
    stated: Mapping[str, Any] = {}


def prefill(node: Node, caller: Caller, *, kind: str, number: str, name: str, consent: bool) -> Prefilled:
    """By document and family name. `held` is false where nobody on this node keeps such a person.

    Raises Malformed for a number that can be no such document's or where the consent is missing, Forbidden for an
    office that is not served here, TooManyLookups.
    """
    if not node.serving.serves(caller.office):
        raise Forbidden(field="office", rule="office.not_served", office=caller.office)
    if not consent:
        raise Malformed(field="consent", rule="consent.missing")
    document, token = f"document.{kind}", document_token(node.index, kind, parse(kind, number, as_printed=True).number)
    given = {"name": normalise(name), document: {"number": number}}
    attempt(node.uow, caller, PURPOSE, ("consent", *given), node.clock(), node.settings.lookups_per_hour)
    fields = PURPOSES[PURPOSE].fields
    with node.look() as session:
        alike = telling(set(session.persons_with(LOOKUP, token)))  # by what too many bear nobody is known
        dossiers = readable(node, session, sorted(alike), lambda *_: None, pending=True)
    kept = [record for shelf in dossiers for record in _kept(node, shelf)]
    asked = EnquiryOpened(to=caller.office, purpose=PURPOSE, consent=True, given=given, fields=tuple(sorted(fields)))
    found = [record for record in kept if fitting(asked, [record])]
    if len(found) != 1:
        return Prefilled()  # two who share document and family name are told apart by people, not by a look-up
    facts = dict(prepared(asked, found).facts)
    access_log.note(node.uow, caller, PURPOSE, [(found[0].person, ("consent", *sorted(facts)))], node.clock())
    return Prefilled(held=True, keeper=found[0].office, registration=facts.pop("registration", None), stated=facts)


def _kept(node: Node, shelf: Shelf) -> Iterator[Record]:
    """The records of those who keep the registration by their own book, of the living."""
    for office in sorted(shelf.concerned()):
        if node.serves(office):
            for record in of_shelf(shelf, office).records:
                if keeps(record) and record.died_on is None:
                    yield record
