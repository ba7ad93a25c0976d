"""What an area above offices records itself, and what it may ask of them: it holds no book, and reads theirs (rule 10
of routing).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from exchange.access.caller import Forbidden
from exchange.books import Shelf
from exchange.jurisdictions import codes
from exchange.protocol.offices import is_area
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


def held_below(node: Node, area: str, to: str, shelf: Shelf, person: str) -> Record:
    """What the office of which the area requests something holds of the person. Raises UnknownPerson."""
    below = to != area and codes.is_within(to, area) and node.serves(to)
    for record in view(shelf.book(to)) if below else ():
        if person in record.persons and record.holds and not (record.withdrawn or record.only_asked):
            return record
    raise UnknownPerson(field="person")
