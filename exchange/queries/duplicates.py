"""Likely duplicates, side by side: pairs of entries of the caller's own office, or of the area that it oversees.

Nothing is decided here. A person looks at the pair, and records that the two are one (`person.merged`) or two
(`person.kept_apart`), or leaves it; what each office may record of it by its own book is said beside.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.access.sight import area
from exchange.books import UNREADABLE
from exchange.protocol.comparing.likeness import Likeness, entry, likeness
from exchange.protocol.record import Record
from exchange.protocol.refusals import UnknownPerson
from exchange.protocol.shown.sheet import roles, state
from exchange.queries.open_dossier import open_dossier
from exchange.tables import likenesses
from exchange.tables.likenesses import Entry, Proposal
from exchange.tables.paging import Page

if TYPE_CHECKING:
    from exchange.node import Node

READ = ("particulars", "registration")
_OVERSEE = frozenset({"supervisor", "auditor"})


def duplicates(
    node: Node, caller: Caller, purpose: str, person: str | None = None, cursor: str | None = None, limit: int = 10
) -> Page[dict[str, Any]]:
    """A page, the likeliest first; `person`: only pairs with this entry. A page may be short before the last.

    Raises Forbidden, and Malformed for a wrong purpose or cursor.
    """
    require(caller, purpose)
    if not caller.roles & _OVERSEE:
        caller.require("clerk", "confirmer")
    with node.uow.look() as session:  # ids alone, and of the caller's area alone; what they stand for, the gate opens
        node.learn_offices(session)
        found = likenesses.some(session.sql, area(caller), person, cursor, limit)
    shown = (_shown(node, caller, purpose, each) for each in found.rows)
    return Page(tuple(each for each in shown if each is not None), found.next)


def _shown(node: Node, caller: Caller, purpose: str, found: Proposal) -> dict[str, Any] | None:
    """The pair as both books say it now; None where one of them holds the person no more, or cannot be read."""
    try:
        one, other = (_record(node, caller, purpose, each) for each in (found.one, found.other))
    except (UnknownPerson, *UNREADABLE):  # which concerns no other pair, and the four checks say of whom
        return None
    compared: Likeness = likeness(entry(one), entry(other), elsewhere=one.office != other.office)
    return {
        "exact": compared.exact,
        "score": compared.score,
        "one": _side(one),
        "other": _side(other),
        "fields": [msgspec.structs.asdict(each) for each in compared.fields],
        "acts": [*_acts(one, other), *_acts(other, one)],
    }


def _record(node: Node, caller: Caller, purpose: str, side: Entry) -> Record:
    return open_dossier(node, caller, purpose, side.person, READ, office=side.holder).record


def _side(record: Record) -> dict[str, Any]:
    return {
        "person": record.person,
        "office": record.office,
        "keeper": record.keeper,
        "state": state(record),
        "roles": list(roles(record)),
    }


def _acts(one: Record, other: Record) -> list[dict[str, Any]]:
    """What the office may record of the pair by its own book, ready to be sent."""
    apart = {"office": one.office, "type": "person.kept_apart", "person": one.person, "with": {"other": other.person}}
    if one.keeper != one.office or other.keeper is None:
        return [apart]
    content = {"other": other.person, "keeper": other.keeper}
    return [{"office": one.office, "type": "person.merged", "person": one.person, "with": content}, apart]
