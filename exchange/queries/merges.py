"""Entries that the office's book joins with others: by which merge, who recorded it, and what was recorded since."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from events.catalogue.person import Merged, Unmerged
from events.names import full_name
from events.standing import Standing
from exchange.access.caller import Caller
from exchange.access.purposes import require
from exchange.books import UNREADABLE
from exchange.commands.fitting import since
from exchange.protocol.record import Record
from exchange.protocol.refusals import UnknownPerson
from exchange.queries.open_dossier import open_dossier
from exchange.tables import records
from exchange.tables.paging import Page

if TYPE_CHECKING:
    from exchange.node import Node

READ = ("name", "history")


class Merge(msgspec.Struct, frozen=True, kw_only=True):
    """`person` was given up for `other`. `opened`, `other_opened`: by what each entry came to be, as far as it is told.

    `since`: what was recorded of either since then, which parting them gives to one of the two.
    """

    person: str
    other: str
    name: str | None
    merge: Standing
    opened: Standing | None
    other_opened: Standing | None
    since: tuple[Standing, ...]


def merges(node: Node, caller: Caller, purpose: str, cursor: str | None = None, limit: int = 10) -> Page[Merge]:
    """A page of the caller's own office. Raises Forbidden, and Malformed for a wrong purpose or cursor."""
    require(caller, purpose)
    caller.require("clerk", "confirmer", "supervisor")
    with node.look(caller) as session:
        page = records.some(session.sql, records.Which(area=caller.office, state="merged"), cursor, limit)
    found: list[Merge] = []
    for row in page.rows:
        try:
            record = open_dossier(node, caller, purpose, row.person, READ).record
        except (UnknownPerson, *UNREADABLE):  # which concerns no others, and the four checks say of whom
            continue
        found += _of(record, row.person)
    return Page(tuple(found), page.next)


def _of(record: Record, person: str) -> Iterator[Merge]:
    undone = {s.payload.merge for s in record.facts.of(Unmerged) if isinstance(s.payload, Unmerged)}
    name = record.particulars.get("name")
    for merge in record.facts.of(Merged):
        if merge.event.person == person and merge.ref not in undone and isinstance(merge.payload, Merged):
            other = merge.payload.other
            yield Merge(
                person=person,
                other=other,
                name=full_name(name) if name else None,
                merge=merge,
                opened=_opening(record, person),
                other_opened=_opening(record, other),
                since=tuple(since(record, merge)),
            )


def _opening(record: Record, person: str) -> Standing | None:
    own = (s for s in record.facts.values() if s.event.person == person)
    return min(own, key=lambda s: (s.stamp, s.ref), default=None)
