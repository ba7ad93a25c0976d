"""Many questions answered at once: the exchange compares, and those in which nothing differs are confirmed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Literal

import msgspec

from events.envelope import Ref
from events.errors import ExchangeError, Malformed
from exchange.access import access_log
from exchange.access.caller import Caller
from exchange.books import Shelf, shelves
from exchange.clock import day_of
from exchange.commands.act import Item
from exchange.commands.record import record
from exchange.ids import derived_id
from exchange.protocol.equal import Comparison, comparison
from exchange.protocol.one_document import facts_shown
from exchange.protocol.record import CaseState, Record
from exchange.protocol.refusals import NoSuchCase
from exchange.protocol.sheet import shown
from exchange.protocol.view import view
from exchange.tables import cases
from exchange.tables.cases import CaseRow

if TYPE_CHECKING:
    from exchange.node import Node

Became = Literal["confirmed", "repeated", "differs", "unclear", "other_kind", "not_asked", "refused"]
CONFIRMED = "case.confirmed"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one case; whatever is not confirmed is left as it was. `fields`: those that differ."""

    case: str
    became: Became
    fields: tuple[str, ...] = ()
    error: ExchangeError | None = None


def confirm_equal(node: Node, caller: Caller, wanted: Sequence[str], act: str | None = None) -> list[Outcome]:
    """Confirm those of these cases in which nothing differs. An outcome for each, in order.

    `act`: an id chosen by the client, under which a repeated request gives the first result; each case stands for
    itself. Raises Forbidden where the caller may not answer, Malformed where a case is named twice or too many are.
    """
    caller.require("confirmer", "supervisor")
    if not 0 < len(wanted) <= node.settings.max_batch:
        raise Malformed(field="cases", rule="batch.size", most=node.settings.max_batch, count=len(wanted))
    if twice := sorted({case for case in wanted if wanted.count(case) > 1}):
        raise Malformed(field="cases", rule="case.twice", value=twice[0])
    with node.look(caller) as session:
        rows = {case: cases.one(session.sql, caller.office, case) for case in wanted}
        held = [row for row in rows.values() if row is not None]
        ids = {case: derived_id("confirmed", act, case) for case in wanted} if act is not None else {}
        before = session.events([Ref(caller.office, id_) for id_ in ids.values()])
        dossiers = _by_person(shelves(session, node.keys, node.offices, {r.person for r in held}, pending=True))
    access_log.note(node.uow, caller, "case", [(row.person, ("case",)) for row in held], node.clock())
    today = day_of(node.clock()).isoformat()
    found: dict[str, Outcome] = {}
    items: dict[str, Item] = {}
    for case, row in rows.items():
        if row is None:
            found[case] = Outcome(case=case, became="refused", error=NoSuchCase(field="case"))
            continue
        item = Item(type=CONFIRMED, day=today, content={"case_id": case}, id=ids.get(case), person=row.person)
        if (stored := before.get(Ref(caller.office, ids.get(case, "")))) is not None:
            items[case] = msgspec.structs.replace(item, day=stored.frame.effective_on)
            continue
        compared, etag = _compared(dossiers[row.person], caller.office, row)
        if compared.found == "equal":
            items[case] = msgspec.structs.replace(item, if_match=etag)
        else:
            found[case] = Outcome(case=case, became=compared.found, fields=compared.fields)
    results = record(node, caller, list(items.values()), all_or_nothing=False) if items else []
    for case, result in zip(items, results, strict=True):
        became: Became = "confirmed" if result.status == "recorded" else result.status
        found[case] = Outcome(case=case, became=became, error=result.error)
    return [found[case] for case in wanted]


def _by_person(found: Iterable[Shelf]) -> Mapping[str, Shelf]:
    return {person: shelf for shelf in found for person in shelf.persons}


def _compared(shelf: Shelf, office: str, row: CaseRow) -> tuple[Comparison, str]:
    """The comparison, and the version of the record that it rests on."""
    records = view(shelf.book(office))
    for held in records:
        if (state := _state(held, row)) is not None:
            return comparison(held, state), shelf.etag(office, *facts_shown(held, records))
    return Comparison("not_asked"), ""


def _state(held: Record, row: CaseRow) -> CaseState | None:
    named = (row.opening, row.asked, row.kind)
    return next((c for c in shown(held) if (c.ref.opening, c.ref.asked, c.ref.kind) == named), None)
