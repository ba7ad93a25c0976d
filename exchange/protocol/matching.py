"""What the matching of documents adds (DESIGN.md, "Matching"): the one decision that looks at several books. Pure.

When an office opens a dossier that others of the node hold too, its opening facts, nothing more, are due to every
office that is keeper by its own book, and to those who opened the dossier. The opener sees nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from events.catalogue.movement import Arrived
from events.catalogue.person import Registered
from exchange.protocol.cases import MATCH
from exchange.protocol.chain import is_opening
from exchange.protocol.record import Record
from exchange.protocol.routing_table import ROUTING, UPDATE
from exchange.protocol.telling.due import IDENTITY, NO_PARTS, Due


def matching(records: Mapping[str, Iterable[Record]]) -> dict[str, list[Due]]:
    """Teller -> what is due because of matches. `records`: every office's records of one dossier of the node."""
    opened: dict[str, list[tuple[str, Record]]] = {}
    keepers: dict[str, set[str]] = {}
    for office, own in records.items():
        for record in own:
            for person in record.persons:
                if record.keeper == office:
                    keepers.setdefault(person, set()).add(office)
            if any(s.author == office and is_opening(s) and not s.void for s in record.facts.values()):
                for person in record.persons:
                    opened.setdefault(person, []).append((office, record))
    due: dict[str, list[Due]] = {}
    for person, openers in opened.items():
        told = keepers.get(person, set()) | {office for office, _ in openers}
        for office, record in openers:
            due.setdefault(office, []).extend(_opening(office, record, told - {office}, keepers.get(person, set())))
    return due


def _opening(office: str, record: Record, told: set[str], keepers: set[str]) -> Iterable[Due]:
    for standing in record.facts.values():
        if standing.void or standing.author != office or not is_opening(standing):
            continue
        for to in sorted(told):
            cell = ROUTING[standing.payload.type]["keeper"] if to in keepers else UPDATE
            if isinstance(standing.payload, Registered):
                cell = UPDATE
            asked = any(r.opening == standing.ref and r.kind == "inflow" for r in record.cases)
            asks = cell.asks and isinstance(standing.payload, Arrived) and not asked
            parts = IDENTITY if to in keepers else NO_PARTS
            kind = cell.kind if asks or not cell.asks else "update"
            yield Due(ref=standing.ref, to=to, ground=MATCH, parts=parts, kind=kind, asks=asks)
