"""What the matching of documents adds (DESIGN.md, "Matching"): the one decision that looks at several books. Pure.

When an office opens a dossier that others of the node hold too, its opening facts, nothing more, are due to every
office that is keeper by its own book, and to those who opened the dossier. The opener sees nothing of it.
What states a document that another person had before is due to that person's keeper, as if it were named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from events.catalogue.person import Registered
from events.standing import Standing
from exchange.protocol.life.chain import is_opening, openings
from exchange.protocol.questions.cases import MATCH, ONE_DOCUMENT
from exchange.protocol.questions.one_document import Claim, held, one_document
from exchange.protocol.record import Record
from exchange.protocol.routing_table import UPDATE, cell_of
from exchange.protocol.telling.due import IDENTITY, Due


def matching(records: Mapping[str, Iterable[Record]]) -> dict[str, list[Due]]:
    """Teller -> what is due because of matches. `records`: every office's records of one dossier of the node."""
    opened: dict[str, list[tuple[Standing, Record]]] = {}
    keepers: dict[str, set[str]] = {}
    for office, own in records.items():
        for record in own:
            facts = [standing for standing in openings(record.facts) if standing.author == office]
            keeps = record.keeper == office and not only_stated(record)
            for person in record.persons:
                if keeps:
                    keepers.setdefault(person, set()).add(office)
                opened.setdefault(person, []).extend([(standing, record) for standing in facts])
    due: dict[str, list[Due]] = {}
    for person, found in opened.items():
        keeping, openers = keepers.get(person, set()), {standing.author for standing, _ in found}
        before: set[str] = set()
        for standing, record in sorted(found, key=lambda each: (each[0].stamp, each[0].ref)):
            # Who opened the dossier before learns of the newcomer; the newcomer learns nothing of who was there.
            after = openers - before if registered(record) else set()
            for to in sorted((keeping | before) - after - {standing.author}):
                due.setdefault(record.office, []).append(_told(standing, record, to, keeps=to in keeping))
            before.add(standing.author)
    for teller, each in _to_other_keepers(records):
        due.setdefault(teller, []).append(each)
    return due


def _to_other_keepers(records: Mapping[str, Iterable[Record]]) -> Iterator[tuple[str, Due]]:
    """Teller and what is due because another person had the document before: the later one's office learns nothing."""
    persons = {record.persons for own in records.values() for record in own}
    if len(persons) < 2 or not any(set(one).isdisjoint(other) for one in persons for other in persons):
        return
    holders: dict[str, list[tuple[Record, Claim]]] = {}
    for own in records.values():
        for record in own:
            for form, claim in held(record.facts, record.office).items():
                holders.setdefault(form, []).append((record, claim))
    for holding in holders.values():
        for record, claim in holding:
            if record.facts[claim.event].author != record.office:
                continue
            for other, rival in holding:
                if other.office == record.office or not set(other.persons).isdisjoint(record.persons):
                    continue
                keeps = other.keeper == other.office and not only_stated(other)
                # Who was told goes on seeing it, also when it keeps the other person no more.
                sees = any(claim.event in found.events for found in one_document(other.contradictions))
                if sees or (keeps and rival < claim):
                    for due in _of_another(record, record.facts[claim.event], other.office):
                        yield record.office, due


def _of_another(record: Record, standing: Standing, to: str) -> Iterator[Due]:
    """The fact that states the document, as its keeper is told such a fact; with a change what opened the dossier."""
    payload = standing.payload
    cell = cell_of(payload.type, "keeper") or UPDATE
    asks = cell.asks and not (isinstance(payload, Registered) and payload.basis == "register" and not payload.ask)
    yield Due(ref=standing.ref, to=to, ground=ONE_DOCUMENT, parts=IDENTITY, kind=cell.kind, asks=asks)
    if not is_opening(standing):
        for opening in openings(record.facts):
            if opening.author == record.office:
                yield Due(ref=opening.ref, to=to, ground=ONE_DOCUMENT, parts=IDENTITY)


def registered(record: Record) -> bool:
    """Whether somebody keeps the registration, and does not deny it. Where nobody does, openers find each other."""
    return any(set(link.named) - link.disclaimed and not link.from_arrival for link in record.chain)


def only_stated(record: Record) -> bool:
    """Keeper only because another office's arrival says so, and has not agreed: a typing error would tell all."""
    if not any(link.from_arrival and record.facts[link.ref].author != record.office for link in record.chain):
        return False
    return not any(c.recognised for c in record.cases.values() if c.ref.asked == record.office)


def _told(standing: Standing, record: Record, to: str, *, keeps: bool) -> Due:
    """An arrival asks whoever keeps the person; to a former opener it comes without a notification."""
    if not keeps:
        return Due(ref=standing.ref, to=to, ground=MATCH)
    asked = any(case.ref.kind == "inflow" for case in record.questions_about(standing.ref))
    if isinstance(standing.payload, Registered) or asked:
        return Due(ref=standing.ref, to=to, ground=MATCH, parts=IDENTITY)
    return Due(ref=standing.ref, to=to, ground=MATCH, parts=IDENTITY, kind="inflow", asks=True)
