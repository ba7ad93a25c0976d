"""What an area above offices records itself, and what it may ask of them: it holds no book, and reads theirs (rule 10
of routing).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Redirected, RequestOpened
from events.catalogue.fact import Fact
from exchange.access.caller import Forbidden
from exchange.books import Shelf
from exchange.commands.references import uuid_of
from exchange.jurisdictions import codes
from exchange.protocol.offices import is_area
from exchange.protocol.questions.requesting import as_amended, field_of, judging, require_addressee
from exchange.protocol.record import Record
from exchange.protocol.refusals import UnknownPerson
from exchange.protocol.view import view

if TYPE_CHECKING:
    from exchange.node import Node

REQUEST = "request.opened"
_ASKING = ("request.", "enquiry.", "case.", "event.", "notification.")  # none says that the area holds somebody


def require_office(office: str, types: Iterable[str]) -> None:
    """Facts about persons are some office's. Raises Forbidden where an area would say of itself that it holds them."""
    if is_area(office) and not all(type_.startswith(_ASKING) for type_ in types):
        raise Forbidden(field="office", rule="office.holds_no_book", office=office)


def known(
    node: Node, area: str, type_: str, content: Mapping[str, Any], named: str, shelf: Callable[[str], Shelf]
) -> Record | None:
    """Of whom an area requests something, what the office asked holds of the person; None for all else that is said.

    Raises UnknownPerson where that is nothing, or the office is none of the area's.
    """
    if type_ != REQUEST or not is_area(area) or named.count("-") != 4:
        return None
    return _held(node, area, uuid_of(named, "person"), str(content.get("to", "")), shelf)


def require_held(node: Node, area: str, fact: Fact, record: Record | None, shelf: Callable[[str], Shelf]) -> None:
    """Whom an area asks instead, by an amendment or a redirect of what it requested, must hold the person as well, and
    may do what is asked, by its own book.
    """
    asked = _asked_instead(fact, record) if is_area(area) and record is not None else None
    if asked is None:
        return
    request, person = asked
    at = field_of(fact, record.facts) if record is not None and isinstance(fact, Corrected | Retracted) else str
    with judging(fact):
        require_addressee(request, area, _held(node, area, person, request.to, shelf), at)


def _asked_instead(fact: Fact, record: Record) -> tuple[RequestOpened, str] | None:
    """The request as it would stand then, and whom it is about."""
    facts, said = record.facts, fact
    if isinstance(fact, Corrected | Retracted):
        said = (as_amended(fact, facts) if fact.target in facts else None) or fact
        if isinstance(said, RequestOpened):
            root = facts.root(facts[fact.target])
            return (said, root.event.person) if root.author == record.office else None
    if not isinstance(said, Redirected):
        return None
    opening = facts.get(said.case.opening)
    if opening is None or opening.author != record.office or not isinstance(opening.payload, RequestOpened):
        return None
    return msgspec.structs.replace(opening.payload, to=said.to), opening.event.person


def _held(node: Node, area: str, person: str, to: str, shelf: Callable[[str], Shelf]) -> Record:
    below = to != area and codes.is_within(to, area) and node.serves(to)
    for record in view(shelf(person).book(to)) if below else ():
        if person in record.persons and record.holds and not (record.withdrawn or record.only_asked):
            return record
    raise UnknownPerson(field="person")
