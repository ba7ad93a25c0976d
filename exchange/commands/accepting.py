"""Accepting what the office asked holds: the statement is corrected and the case settled, in one act."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import msgspec

from events.catalogue.case import Settled
from events.catalogue.values import CaseRef, Deviation, NoteKind
from events.envelope import Ref
from events.standing import Standing
from exchange.access.caller import Caller
from exchange.books import shelf
from exchange.commands.act import Item
from exchange.commands.corrections import fields_of
from exchange.commands.deviations import stated
from exchange.commands.particular import is_particular
from exchange.ids import derived_id, new_id
from exchange.protocol.comparing.compare import alike
from exchange.protocol.record import Record
from exchange.protocol.view import view
from exchange.tables import cases
from exchange.tables.cases import CaseRow

if TYPE_CHECKING:
    from exchange.node import Node

SETTLED, GROUND = str(Settled.__struct_config__.tag), "recording_error"
_CORRECTS = frozenset({"clerk", "supervisor"})


def with_correction(node: Node, caller: Caller, item: Item) -> list[Item]:
    """The settlement; before it the correction of all that it accepts, as far as the own statement says otherwise."""
    id_ = item.id or new_id(node.clock())
    settled = msgspec.structs.replace(item, id=id_, submission=item.submission or id_)
    row, record = _case(node, caller, item.content.get("case_id"))
    if row is None or record is None or caller.roles.isdisjoint(_CORRECTS):
        return [settled]  # which is refused, and says why; or by somebody who may not correct
    opening = record.facts.get(row.opening)
    state = record.cases.get(CaseRef(row.opening, row.asked, cast("NoteKind", row.kind)))
    if state is None or opening is None or opening.author != caller.office or opening.void:
        return [settled]
    accepted = [each for each in state.deviations if _accepts(item.content, each) and _says_otherwise(opening, each)]
    if not accepted:
        return [settled]
    content = {"target": _ref(opening), "set": {each.field: each.ours for each in accepted}, "ground": GROUND}
    correction = Item(
        type="event.corrected",
        day=item.day,
        content=msgspec.to_builtins(content),
        id=derived_id("accepted", id_),
        person=row.person,
        submission=settled.submission,
        if_match=item.if_match,
    )
    return [correction, settled]


def _case(node: Node, caller: Caller, case: object) -> tuple[CaseRow | None, Record | None]:
    with node.look(caller) as session:
        row = cases.one(session.sql, caller.office, case) if isinstance(case, str) else None
        if row is None:
            return None, None
        found = shelf(session, node.keys, node.offices, row.person, pending=True)
    book = found.book(caller.office)
    return row, next((each for each in view(book) if row.person in each.persons), None)


def _accepts(content: Mapping[str, Any], deviation: Deviation) -> bool:
    return content.get("whole") == "accepted" or deviation.field in content.get("accepted", ())


def _says_otherwise(opening: Standing, deviation: Deviation) -> bool:
    if not is_particular(deviation.field) and deviation.field not in fields_of(opening.payload):
        return False
    said = stated(opening, deviation.field)
    return said is not None and not alike(deviation.field, deviation.ours, said)


def _ref(opening: Standing) -> str:
    ref: Ref = opening.ref
    return f"{ref.author}/{ref.id}"
