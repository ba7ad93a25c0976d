"""Which rare situations a history reached: the rows of EXAMPLES.md that part 1 of the catalogue covers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, Disputed, EnquiryAnswered, RequestOpened
from events.catalogue.family import TieEnded
from events.catalogue.movement import Arrived, Departed
from events.catalogue.person import Merged, Registered, Unmerged
from events.envelope import Ref
from events.event import Event
from exchange.protocol.naming import town_of
from exchange.protocol.questions.on_paper import came_on_paper
from exchange.protocol.questions.replying import says_more
from exchange.protocol.record import Record
from tests.properties.world import OUTSIDE, World

ROWS = {
    1: "two offices record an arrival on the same day",
    2: "an arrival is retracted after the person moved on",
    3: "two persons with open cases are merged",
    4: "the registration moves while a case is open",
    5: "a correction arrives before what it corrects",
    7: "a town with an open case is merged, or split by person",
    8: "one human under two ids on two nodes",
    9: "the origin of an arrival is corrected",
    10: "an event is stamped above a clock that is slow",
    11: "an arrival of an earlier day is recorded late",
    12: "a field is corrected after it was confirmed",
    13: "an arrival after a death",
    14: "an answer to a case that was closed meanwhile",
    15: "a wrong office was named and disputes",
    16: "a merge is undone after new events",
    17: "announced to one town, arrived at another",
    18: "the registration place is outside",
}


def reached(world: World) -> Counter[str]:
    """How often each event type, contradiction and row was reached."""
    found: Counter[str] = Counter()
    events = {e.ref: e for book in world.books.values() for e in book.recorded.values()}
    for event in events.values():
        found[f"type {event.payload.type}"] += 1
        if event.frame.automatic and isinstance(event.payload, RequestOpened):
            found["a stay was asked about"] += 1
        if isinstance(event.payload, Registered) and town_of(event.payload.registration) == OUTSIDE:
            found["an entry names a place outside"] += 1
        if came_on_paper(event.payload):
            found["answered on paper"] += 1
        if event.frame.stamp > world.now + world.skew[event.author]:
            found["row 10"] += 1
    rows: set[int] = set()
    found["case confirmed by comparing"] += _compared(world)
    found.update(_sheltered(world, events))
    found["deviation found later"] += sum(
        says_more(s) for office in world.offices for record in world.records(office) for s in record.facts.values()
    )
    found["ties stated otherwise"] += sum(
        deviation.field == "ties"
        for office in world.offices
        for record in world.records(office)
        for case in record.cases.values()
        for deviation in case.deviations
    )
    for office in world.offices:
        for record in world.records(office):
            found.update({f"contradiction {c.kind}" for c in record.contradictions})
            rows |= _rows(world, record)
    found.update(f"row {row}" for row in rows)
    if world.held_back:
        found["row 5"] += 1
    found.update(f"type {event.payload.type}" for event in world.about_offices)
    found.update(_family(world, events.values()))
    found.update({f"{handed.what} with an open case" for handed in world.handed if handed.cases})
    if any(handed.cases for handed in world.handed):
        found["row 7"] += 1
    return found


def _compared(world: World) -> int:
    """Confirmations of a system actor that no announcement explains."""
    return sum(
        1
        for office in world.offices
        for record in world.records(office)
        for s in record.facts.values()
        if s.author == office and isinstance(s.payload, Confirmed) and s.event.frame.automatic
        and all(a.arrival != s.payload.case.opening for a in record.announcements)
    )  # fmt: skip


def _sheltered(world: World, events: Mapping[Ref, Event]) -> Iterator[str]:
    """What became of addresses that were told in answers about strangers, who were protected afterwards."""
    for delivery in world.said:
        event = events.get(delivery.ref)
        again = delivery.revision > 1 and event is not None and isinstance(event.payload, EnquiryAnswered)
        if again and event is not None and event.frame.touches:
            yield (
                "address of a stranger told again" if "address" in delivery.parts else "address of a stranger withdrawn"
            )


def _family(world: World, events: Iterable[Event]) -> Iterator[str]:
    """What the column of the family was told, and what followed from the death of one of two."""
    for delivery in world.said:
        if delivery.kind == "family":
            yield "family asked" if delivery.asks else "family told"
    for event in events:
        if event.frame.automatic and isinstance(event.payload, TieEnded):
            yield "widowed by a death"
        if event.frame.automatic and isinstance(event.payload, Retracted):
            yield "widowed no more"


def _rows(world: World, record: Record) -> set[int]:
    rows: set[int] = set()
    if any(c.kind == "contested_stays" for c in record.contradictions):
        rows.add(1)
    if any(c.kind == "moved_after_death" for c in record.contradictions):
        rows.add(13)
    cases = list(record.cases.values())
    if any(c.reopened for c in cases):
        rows.add(12)
    if any(c.aside for c in cases):
        rows.add(14)
    moves = [s for s in record.facts.values() if s.payload.type == "registration.changed" and not s.void]
    if moves and any(c.open for c in cases):
        rows.add(4)
    merges = [s for s in record.facts.values() if isinstance(s.payload, Merged)]
    if merges and any(c.open for c in cases):
        rows.add(3)
    if any(
        world.node_of[s.author] != world.node_of.get(m.keeper, -1) for s in merges if isinstance(m := s.payload, Merged)
    ):
        rows.add(8)
    if any(isinstance(s.payload, Unmerged) for s in record.facts.values()):
        rows.add(16)
    arrivals = [s for s in record.facts.values() if isinstance(s.payload, Arrived)]
    for standing in arrivals:
        payload = standing.payload
        if isinstance(payload, Arrived) and payload.registration is not None and payload.registration.code == OUTSIDE:
            rows.add(18)
        if standing.void and any(a.stamp > standing.stamp and a.day > standing.day for a in arrivals):
            rows.add(2)
        if any(a.stamp > standing.stamp and a.day < standing.day for a in arrivals):
            rows.add(11)
    for standing in record.facts.values():
        payload = standing.payload
        if isinstance(payload, Corrected) and "origin" in payload.fields:
            rows.add(9)
        if isinstance(payload, Disputed) and payload.reason == "person_unknown":
            rows.add(15)
        if isinstance(payload, Departed):
            rows |= {17 for a in record.announcements if a.ref == standing.ref and not a.waits and a.arrival is None}
    return rows


def expected() -> set[str]:
    """Everything that the histories of a run must have reached at least once."""
    from events.catalogue import TYPES  # noqa: PLC0415 (only here)

    types = {t for t in TYPES if t != "jurisdiction.opened"}
    ends = {f"{what} with an open case" for what in ("merge", "split")}
    asked = {"a stay was asked about", "answered on paper", "an entry names a place outside"}
    kinds = {
        "contested_stays",
        "moved_after_death",
        "two_registrations",
        "left_without_arrival",
        "one_document",
        "two_spouses",
    }
    households = {f"command household {word}" for word in ("moved", "joined", "answered")}
    families = {
        "family asked",
        "family told",
        "widowed by a death",
        "case confirmed by comparing",
        "deviation found later",
        "address of a stranger withdrawn",
        "address of a stranger told again",
        "ties stated otherwise",
    }
    return (
        ends
        | asked
        | families
        | {f"command moved by error, {word}" for word in ("corrected", "taken back")}
        | households
        | {"command asked of who closed"}
        | {
            f"command an area {word}"
            for word in ("requested", "enquired", "amended", "replied", "was asked", "answered")
        }
        | {f"type {t}" for t in types}
        | {f"contradiction {k}" for k in kinds}
        | {f"row {row}" for row in ROWS}
    )
