"""What the matching of documents adds (DESIGN.md, "Matching"): the one decision that looks at several books. Pure.

When an office opens a dossier that others of the node hold too, its opening facts, nothing more, are due to every
office that is keeper by its own book, and to those who opened the dossier. The opener sees nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from events.catalogue.person import Registered
from events.standing import Standing
from exchange.protocol.cases import MATCH
from exchange.protocol.chain import is_opening
from exchange.protocol.record import Record
from exchange.protocol.telling.due import IDENTITY, Due


def matching(records: Mapping[str, Iterable[Record]]) -> dict[str, list[Due]]:
    """Teller -> what is due because of matches. `records`: every office's records of one dossier of the node."""
    opened: dict[str, list[tuple[Standing, Record]]] = {}
    keepers: dict[str, set[str]] = {}
    for office, own in records.items():
        for record in own:
            facts = [s for s in record.facts.values() if s.author == office and is_opening(s) and not s.void]
            for person in record.persons:
                if record.keeper == office and not _only_stated(record):
                    keepers.setdefault(person, set()).add(office)
                opened.setdefault(person, []).extend((standing, record) for standing in facts)
    due: dict[str, list[Due]] = {}
    for person, openings in opened.items():
        keeping = keepers.get(person, set())
        for standing, record in openings:
            # Who opened the dossier before learns of the newcomer; the newcomer learns nothing of who was there.
            before = {s.author for s, _ in openings if (s.stamp, s.ref) < (standing.stamp, standing.ref)}
            after = {s.author for s, _ in openings} - before if _registered(record) else set()
            told = sorted((keeping | before) - after - {standing.author})
            due.setdefault(record.office, []).extend(_told(standing, record, to, keeps=to in keeping) for to in told)
    return due


def _registered(record: Record) -> bool:
    """Whether somebody keeps the registration. Where nobody does, those who opened the dossier must find each other."""
    return any(link.named and not link.from_arrival for link in record.chain)


def _only_stated(record: Record) -> bool:
    """Keeper only because another office's arrival says so, and has not agreed: a typing error would tell all."""
    if not any(link.from_arrival and record.facts[link.ref].author != record.office for link in record.chain):
        return False
    return not any(c.recognised for c in record.cases.values() if c.ref.asked == record.office)


def _told(standing: Standing, record: Record, to: str, *, keeps: bool) -> Due:
    """An arrival asks whoever keeps the person; to a former opener it comes without a notification."""
    if not keeps:
        return Due(ref=standing.ref, to=to, ground=MATCH)
    asked = any(ref.opening == standing.ref and ref.kind == "inflow" for ref in record.cases)
    if isinstance(standing.payload, Registered) or asked:
        return Due(ref=standing.ref, to=to, ground=MATCH, parts=IDENTITY)
    return Due(ref=standing.ref, to=to, ground=MATCH, parts=IDENTITY, kind="inflow", asks=True)
