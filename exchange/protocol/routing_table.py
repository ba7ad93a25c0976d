"""Who is told what: the table of CATALOGUE.md as data. Pure.

`docs/protocol.md` is printed from it. The roles are explained there; the code that finds the offices of a role
is in `exchange/protocol/telling`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import msgspec

from events.catalogue.values import NoteKind

ROUTING_VERSION = 1

Role = Literal["keeper", "open_stays", "place_left", "announced", "family"]


class Cell(msgspec.Struct, frozen=True):
    """The kind of notification, and whether it expects a reply."""

    kind: NoteKind
    asks: bool = False


UPDATE = Cell("update")
FAMILY = Cell("family")
WITHDRAWN = Cell("withdrawn")
MOVED_ON = Cell("moved-on", asks=True)
MATCHED = Cell("matched")
ESCALATED = Cell("escalated")
CONTESTED = Cell("contested", asks=True)
OUTFLOW = Cell("outflow", asks=True)
ENQUIRY = Cell("enquiry", asks=True)
Row = Mapping[Role, Cell]

ROUTING: Mapping[str, Row] = {
    "person.registered": {"keeper": Cell("registration", asks=True), "family": FAMILY},
    "person.stated": {"open_stays": UPDATE},
    "movement.arrived": {
        "keeper": Cell("inflow", asks=True),
        "open_stays": UPDATE,
        "place_left": MOVED_ON,
        "announced": WITHDRAWN,
        "family": FAMILY,
    },
    "movement.returned": {"open_stays": UPDATE, "place_left": MOVED_ON, "announced": WITHDRAWN, "family": FAMILY},
    "movement.departed": {
        "keeper": UPDATE,
        "open_stays": UPDATE,
        "place_left": MOVED_ON,
        "announced": OUTFLOW,
        "family": FAMILY,
    },
    "movement.moved_within": {"keeper": UPDATE},
    "movement.extended": {"keeper": UPDATE},
    "movement.main_changed": {"keeper": UPDATE, "open_stays": UPDATE, "place_left": MOVED_ON, "family": FAMILY},
    "movement.left": {"keeper": Cell("left"), "open_stays": UPDATE, "announced": OUTFLOW, "family": FAMILY},
    "registration.changed": {
        "keeper": Cell("registration", asks=True),
        "open_stays": UPDATE,
        "announced": UPDATE,
        "family": FAMILY,
    },
    "tie.began": {"keeper": UPDATE, "open_stays": UPDATE, "family": FAMILY},
    "tie.ended": {"keeper": UPDATE, "open_stays": UPDATE, "family": FAMILY},
    "person.changed": {"keeper": UPDATE, "open_stays": UPDATE, "announced": UPDATE, "family": FAMILY},
    "person.protected": {
        "keeper": UPDATE,
        "open_stays": UPDATE,
        "place_left": UPDATE,
        "announced": UPDATE,
        "family": FAMILY,
    },
    "person.unprotected": {
        "keeper": UPDATE,
        "open_stays": UPDATE,
        "place_left": UPDATE,
        "announced": UPDATE,
        "family": FAMILY,
    },
    "person.deceased": {
        "keeper": UPDATE,
        "open_stays": UPDATE,
        "place_left": UPDATE,
        "announced": WITHDRAWN,
        "family": FAMILY,
    },
}

# A death that another office than the keeper recorded asks the keeper whether it is so.
DEATH_ASKS = Cell("update", asks=True)

# A tie to somebody who is only stated asks the office said to hold them whether it is so.
TIE_ASKS = Cell("family", asks=True)

# Kinds that expect a reply come first; then this order (rule 2 of routing).
PRIORITY: tuple[NoteKind, ...] = get_args(NoteKind)
_RANK = {kind: rank for rank, kind in enumerate(PRIORITY)}


def cell_of(type_: str, role: Role) -> Cell | None:
    """What an office in this role is told by a fact of the type; None where the row says nothing of it."""
    return ROUTING.get(type_, {}).get(role)


def rank(kind: NoteKind | None, *, asks: bool) -> tuple[bool, int]:
    """Sort key: the least is the notification that is sent."""
    return (not asks, _RANK[kind] if kind is not None else len(PRIORITY))


def is_common(type_: str) -> bool:
    """Whether a routing row sends the type to anyone: such events are handed over. Amendments follow their targets."""
    return type_ in ROUTING or type_ in {"person.merged", "person.unmerged"}
