"""T3 and T4. Threads of what was told, and the hand-over of a dossier. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from events.catalogue.case import Reply
from events.catalogue.movement import Arrived, Departed, Left, MainChanged, Returned
from events.catalogue.person import Merged, Registered, Unmerged
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef
from events.standing import Standing
from exchange.protocol.naming import named_ever, named_offices, town_of
from exchange.protocol.record import Announcement, Record, Stay
from exchange.protocol.routing_table import MATCHED, UPDATE, is_common
from exchange.protocol.telling.due import ALL_PARTS, IDENTITY, Due, Sight


def thread_of_stay(sight: Sight) -> Iterator[Due]:
    """Who was told a stay, and is still concerned, is told what ended it."""
    record = sight.record
    over = [stay for stay in record.stays if stay.ended_by is not None or stay.demoted_by is not None]
    ends = [(stay, end) for stay in over for end in _ends(record, stay)]
    if not ends:
        return
    concerned = {s.office for s in record.open_stays} | {record.keeper}
    if all(link.from_arrival for link in record.chain):
        concerned |= set(record.openers)  # any of them may take itself for the keeper
    for stay, standing in ends:
        others = concerned - {sight.me, standing.author}  # who know of it; who else was told need not be asked
        for to in sight.told.to(stay.id) if others else ():
            if to not in others or _ended_by_its_own(record, stay, standing, to):
                continue
            own = next((s for s in record.open_stays if s.office == to), None)
            trigger = sight.since(own, standing) if own is not None else sight.became_keeper(standing)
            yield sight.due(standing, to, "stay_thread", UPDATE, trigger=trigger)


def _ends(record: Record, stay: Stay) -> list[Standing]:
    """What ended the stay, and what made it further."""
    return [record.facts[ref] for ref in (stay.ended_by, stay.demoted_by) if ref is not None and ref in record.facts]


def _ended_by_its_own(record: Record, stay: Stay, end: Standing, office: str) -> bool:
    """A newcomer hears of no earlier stays: its own main stay, of a later day, ends them in its view already."""
    return stay.kind == "main" and any(
        own.office == office and own.kind == "main" and own.began > stay.main_since and end.stamp < own.stamp
        for own in record.open_stays
    )


def thread_of_merges(sight: Sight) -> Iterator[Due]:
    """Who holds any event of a merged person is told of the merge, and of its undoing."""
    for standing in sight.merges:
        holders = set(sight.told_anything())
        if isinstance(standing.payload, Unmerged):
            holders |= set(sight.told.to(standing.payload.merge))
        for to in sorted(holders):
            yield sight.due(standing, to, "merge_thread", UPDATE)


def announcer(sight: Sight) -> Iterator[Due]:
    """An arrival at an announced town is due to the office that announced it; as is what else ended the waiting, for
    only who asks whether the person came withdraws that, and whose stay is over hears nothing of them otherwise.
    """
    for announcement in sight.record.announcements:
        over = sight.record.facts.get(announcement.ended_by) if announcement.ended_by is not None else None
        if over is not None and sight.is_keeper:
            yield sight.due(over, announcement.author, "announcer")
        standing = sight.record.facts.get(announcement.arrival) if announcement.arrival is not None else None
        if standing is not None and (
            sight.is_keeper or (sight.mine(standing.author) and not _withdrawn(sight, announcement))
        ):
            yield sight.due(standing, announcement.author, "announcer", MATCHED)
        for stay in sight.record.stays:
            if stay.office == announcement.to and (sight.mine(stay.office) or sight.is_keeper):
                yield from _until_announced(sight, announcement, stay)


def _withdrawn(sight: Sight, announcement: Announcement) -> bool:
    """Whether this town was told to wait no more: where the person is it was not, and it says nothing later."""
    known = sight.record.cases.get(CaseRef(announcement.ref, sight.me, "outflow"))
    return known is not None and known.status == "withdrawn"


def _until_announced(sight: Sight, announcement: Announcement, stay: Stay) -> Iterator[Due]:
    """By what a stay in the town named went on until then, or did not: where it did, it is the match. A stay there
    that is no match is followed only where it was told.
    """
    facts, to = sight.record.facts, announcement.author
    made_main = (ref for ref in stay.touched_by if isinstance(facts[ref].payload, MainChanged))
    for ref in (stay.ended_by, stay.demoted_by, *made_main):
        said = facts.get(ref) if ref is not None else None
        if said is None or not said.order < facts[announcement.ref].order:
            continue
        if announcement.arrival == stay.id or sight.told.of(stay.id, to) is not None:
            yield sight.due(said, to, "announcer")


def without_chain(sight: Sight) -> Iterator[Due]:
    """While nobody is known to keep the registration, common events go to all who recorded a movement."""
    if any(not link.from_arrival for link in sight.record.chain):
        return
    movers = {s.author for s in sight.of(Arrived, Departed, Left)}
    # An office that an arrival states as registration place may think that it is keeper.
    movers |= {
        office
        for s in sight.of(Arrived)
        if isinstance(s.payload, Arrived) and (office := town_of(s.payload.registration)) is not None
    }
    for standing in sight.in_force:
        if is_common(standing.payload.type) and (sight.is_keeper or sight.mine(standing.author)):
            for to in sorted(movers):
                yield sight.due(standing, to, "no_chain")


def hand_over(sight: Sight) -> Iterator[Due]:
    """Every office that kept, opened or gave up the dossier hands all common events to whoever keeps it now."""
    record, keeper = sight.record, sight.keeper
    if keeper is None or sight.is_keeper or not _kept(sight):
        return
    parts = ALL_PARTS if _fully(sight, keeper) else IDENTITY
    for standing in record.facts.values():
        payload = standing.payload
        reply = isinstance(payload, Reply) and payload.type != "case.withdrawn" and payload.case.kind != "enquiry"
        if (reply or is_common(payload.type)) and not standing.void:
            yield sight.due(standing, keeper, "hand_over", parts=parts - {"remarks"} if reply else parts)


def _kept(sight: Sight) -> bool:
    """Whether the office was ever named in the chain, opened the dossier, or gave one up by a merge."""
    record = sight.record
    if sight.me in record.openers or any(sight.me in link.named for link in record.chain) or _named_once(sight):
        return True
    # Only whoever took itself for the keeper records a return, which no row sends from anybody else to the keeper.
    return any(sight.mine(standing.author) for standing in (*sight.of(Merged), *record.facts.of(Returned)))


def _named_once(sight: Sight) -> bool:
    """Whether a link named the office that was taken back, or corrected since: what it recorded as keeper stands."""
    facts = sight.record.facts
    links = facts.of(Registered, RegistrationChanged)
    return any(sight.me in named_ever(link, facts) or sight.me in named_offices(link.payload) for link in links)


def _fully(sight: Sight, keeper: str) -> bool:
    """By a move or merge at once; else after that keeper has confirmed."""
    if sight.own_of(RegistrationChanged, Merged):
        return True
    return any(c.recognised and c.ref.asked == keeper for c in sight.record.cases.values())
