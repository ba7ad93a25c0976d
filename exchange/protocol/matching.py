"""What the matching of documents adds (DESIGN.md, "Matching"): the one decision that looks at several books. Pure.

When an office opens a dossier that others of the node hold too, its opening facts, nothing more, are due to every
office that is keeper by its own book, and to those who opened the dossier. The opener sees nothing of it.
What states a document that another person had before is due to that person's keeper, as if it were named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Extended, Left, MainChanged, MovedWithin
from events.catalogue.person import Changed, Deceased, Protected, Registered, Unprotected
from events.standing import Standing
from exchange.protocol.life.chain import is_opening, openings
from exchange.protocol.questions.cases import MATCH, ONE_DOCUMENT
from exchange.protocol.questions.one_document import Claim, held, one_document
from exchange.protocol.record import Record
from exchange.protocol.routing_table import DEATH_ASKS, UPDATE, cell_of
from exchange.protocol.telling.due import IDENTITY, Due
from exchange.protocol.view import Reading

# What says something of the person or of a stay, whoever keeps the registration.
_STANDS_ALONE = (
    *(Arrived, Departed, MovedWithin, Extended, MainChanged, Left),
    *(Changed, Protected, Unprotected, Deceased, TieBegan, TieEnded),
)


def matching(read: Mapping[str, Iterable[Reading]]) -> dict[str, list[Due]]:
    """Teller -> what is due because of matches. `read`: what every office's book says of one dossier of the node.

    Who opened a dossier and who keeps it is known before most of a record, and is all that is asked of most.
    """
    opened: dict[str, list[tuple[Standing, Reading]]] = {}
    keepers: dict[str, dict[str, bool]] = {}  # and whether by a registration
    for office, own in read.items():
        for one in own:
            facts = [standing for standing in openings(one.facts) if standing.author == office]
            keeps = one.keeper == office and not only_stated(one)
            for person in one.persons:
                if keeps:
                    keepers.setdefault(person, {})[office] = registered(one)
                opened.setdefault(person, []).extend([(standing, one) for standing in facts])
    due: dict[str, list[Due]] = {}
    for teller, each in (*_left_standing(read, keepers), *_to_other_keepers(read)):
        due.setdefault(teller, []).append(each)
    for person, found in opened.items():
        keeping, openers = set(keepers.get(person, ())), {standing.author for standing, _ in found}
        before: set[str] = set()
        for standing, one in sorted(found, key=lambda each: (each[0].stamp, each[0].ref)):
            # Who opened the dossier before learns of the newcomer; the newcomer learns nothing of who was there.
            after = openers - before if registered(one) else set()
            for to in sorted((keeping | before) - after - {standing.author}):
                due.setdefault(one.office, []).append(_told(standing, one, to, keeps=to in keeping))
            before.add(standing.author)
    return due


def _left_standing(
    read: Mapping[str, Iterable[Reading]], keepers: Mapping[str, Mapping[str, bool]]
) -> Iterator[tuple[str, Due]]:
    """Teller and what is due of what stands where what opened the dossier was taken back.

    To its office the person is withdrawn: what it did not take back goes on where others opened the dossier, whether
    these had heard of it before or not. While somebody keeps the registration nobody else is told: whoever opened the
    dossier since takes itself for the keeper, and learns nothing of who was there.
    """
    for own in read.values():
        for one in own:
            if one.basis.openers:
                continue
            found = [each for person in one.persons for each in keepers.get(person, {}).items()]
            keeping = {office for office, keeps in found if keeps} or {office for office, _ in found}
            for standing in one.facts.in_force(*_STANDS_ALONE) if keeping else ():
                if standing.author == one.office:
                    for to in sorted(keeping - {one.office}):
                        yield one.office, _told_beside(standing, one, to)


def _told_beside(standing: Standing, one: Reading, to: str) -> Due:
    """As any keeper is told it: of an arrival, and of a death, it is asked."""
    if isinstance(standing.payload, Arrived):
        return _told(standing, one, to, keeps=True)
    cell = DEATH_ASKS if isinstance(standing.payload, Deceased) else cell_of(standing.payload.type, "keeper") or UPDATE
    return Due(ref=standing.ref, to=to, ground=MATCH, parts=IDENTITY, kind=cell.kind, asks=cell.asks)


def _to_other_keepers(read: Mapping[str, Iterable[Reading]]) -> Iterator[tuple[str, Due]]:
    """Teller and what is due because another person had the document before: the later one's office learns nothing."""
    persons = {one.persons for own in read.values() for one in own}
    if len(persons) < 2 or not any(set(one).isdisjoint(other) for one in persons for other in persons):
        return
    holders: dict[str, list[tuple[Reading, Claim]]] = {}
    for own in read.values():
        for one in own:
            for form, claim in held(one.facts, one.office).items():
                holders.setdefault(form, []).append((one, claim))
    for holding in holders.values():
        for one, claim in holding:
            if one.facts[claim.event].author != one.office:
                continue
            for other, rival in holding:
                if other.office == one.office or not set(other.persons).isdisjoint(one.persons):
                    continue
                keeps = other.keeper == other.office and not only_stated(other)
                # Who was told goes on seeing it, also when it keeps the other person no more.
                sees = any(claim.event in found.events for found in one_document(other.contradictions))
                if sees or (keeps and rival < claim):
                    for due in _of_another(one, one.facts[claim.event], other.office):
                        yield one.office, due


def _of_another(one: Reading, standing: Standing, to: str) -> Iterator[Due]:
    """The fact that states the document, as its keeper is told such a fact; with a change what opened the dossier."""
    payload = standing.payload
    cell = cell_of(payload.type, "keeper") or UPDATE
    asks = cell.asks and not (isinstance(payload, Registered) and payload.basis == "register" and not payload.ask)
    yield Due(ref=standing.ref, to=to, ground=ONE_DOCUMENT, parts=IDENTITY, kind=cell.kind, asks=asks)
    if not is_opening(standing):
        for opening in openings(one.facts):
            if opening.author == one.office:
                yield Due(ref=opening.ref, to=to, ground=ONE_DOCUMENT, parts=IDENTITY)


def registered(one: Record | Reading) -> bool:
    """Whether somebody who takes part keeps the registration, and does not deny it. Where nobody does, openers find
    each other.
    """
    links = [link for link in one.chain if not link.from_arrival]
    return any(one.keeper in link.named and one.keeper not in link.disclaimed for link in links)


def only_stated(one: Record | Reading) -> bool:
    """Keeper only because another office's arrival says so, and has not agreed: a typing error would tell all."""
    if not any(link.from_arrival and one.facts[link.ref].author != one.office for link in one.chain):
        return False
    return not any(c.recognised for c in one.cases.values() if c.ref.asked == one.office)


def _told(standing: Standing, one: Reading, to: str, *, keeps: bool) -> Due:
    """An arrival asks whoever keeps the person; to a former opener it comes without a notification."""
    if not keeps:
        return Due(ref=standing.ref, to=to, ground=MATCH)
    entry = isinstance(standing.payload, Registered)
    if entry or any(case.ref.kind == "inflow" for case in one.record.questions_about(standing.ref)):
        return Due(ref=standing.ref, to=to, ground=MATCH, parts=IDENTITY)
    return Due(ref=standing.ref, to=to, ground=MATCH, parts=IDENTITY, kind="inflow", asks=True)
