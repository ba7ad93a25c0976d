"""What must hold of a world that has drained (DESIGN.md section 5). Each check returns the faults that it found."""

from __future__ import annotations

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Escalated, Reply
from events.catalogue.person import Merged, Stated
from events.catalogue.values import CaseRef
from events.envelope import Ref
from events.event import Event
from events.standing import Standing
from exchange.protocol.book import Book, Delivery
from exchange.protocol.comparing.agreement import Finding, findings
from exchange.protocol.duties import RULES, duties, new_deliveries
from exchange.protocol.life.kinship import kinship
from exchange.protocol.matching import matching
from exchange.protocol.naming import named_offices
from exchange.protocol.record import Record
from exchange.protocol.shown.sheltered import sheltered
from exchange.protocol.telling.due import Sight
from exchange.protocol.telling.in_error import told_in_error
from exchange.protocol.view import readings, view
from tests.properties.world import World


def ledger_faults(world: World) -> list[str]:
    """E1: what one delivered is what the other's book holds."""
    faults: list[str] = []
    for office, book in world.books.items():
        for (ref, to), delivery in book.told.items():
            held = world.book(to).received.get((ref, office))
            if held is None or held.parts != delivery.parts:
                faults.append(f"E1 {office}->{to} {ref}")
    return faults


def entitlement_faults(world: World) -> list[str]:
    """E3: due ⊆ delivered by all rules of telling, recomputed; so nothing new when the duties run again."""
    faults: list[str] = []
    records = {office: view(book) for office, book in world.books.items()}
    matches = matching({office: readings(book) for office, book in world.books.items()})
    for office, own in records.items():
        book = world.books[office]
        for record in own:
            extra = [d for d in matches.get(office, ()) if d.ref in record.facts]
            sight = Sight(book, record, kinship(record, own), sheltered(record, own, book.offices))
            owed = duties(sight, RULES, extra)
            faults.extend(f"E3 {d.teller}->{d.to} {d.ref} {d.ground}" for d in new_deliveries(sight, owed))
    return faults


def agreement_faults(world: World) -> list[str]:
    """E4: the keeper and every confirmed open stay show the same."""
    records = {office: view(book) for office, book in _open(world)}
    return [
        f"E4 {f.keeper} vs {f.other} {f.person}: {','.join(f.fields)}"
        for f in findings(records)
        if f.state == "different" and not (world.closed and _for_want_of_a_closed(world, f))
    ]


def _for_want_of_a_closed(world: World, found: Finding) -> bool:
    """Whether one of two sides takes an office that is closed for the keeper, having heard of no other."""
    sides = (world.record(office, found.person) for office in (found.keeper, found.other))
    return any(record is not None and record.keeper in world.closed for record in sides)


def _ever_asked(world: World, case: CaseRef) -> bool:
    """Whether anybody put it to the office that it asks."""
    put = (d for d in world.said if (d.ref, d.to) == (case.opening, case.asked))
    return any(question.kind == case.kind for delivery in put for question in delivery.asked)


def _open(world: World) -> list[tuple[str, Book]]:
    """The books of all offices but those that are closed: these tell nothing, and are told nothing."""
    return [(office, book) for office, book in world.books.items() if office not in world.closed]


def direct_faults(world: World) -> list[str]:
    """What follows from the rules directly: the equalities alone miss a fault that a later event heals."""
    holders: dict[Ref, set[str]] = {}
    for office, book in world.books.items():
        for event in book.events():
            # An office that is closed is told nothing: nor does it miss anything.
            holders.setdefault(event.ref, set(world.closed)).add(office)
    faults: list[str] = []
    for office, book in _open(world):
        for record in view(book):
            for standing in record.facts.values():
                if standing.author == office and not standing.void:
                    faults.extend(_named(world, standing, holders))
                payload = standing.payload
                if isinstance(payload, Corrected | Retracted) and standing.author == office:
                    missing = holders.get(payload.target, set()) - holders[standing.ref]
                    faults.extend(f"amendment untold {standing.ref} to {o}" for o in sorted(missing))
                if isinstance(payload, Reply) and standing.author == office and not standing.void:
                    case = record.cases.get(payload.case)
                    if case is not None:
                        sides = {case.asker, payload.case.asked} & set(world.offices)
                        if payload.case.kind in {"inflow", "registration"} and case.asker == office != record.keeper:
                            sides |= {str(record.keeper)} & set(world.offices)
                        opening = record.facts.get(payload.case.opening)
                        if opening is not None and opening.void and not _ever_asked(world, payload.case):
                            sides -= {payload.case.asked}  # whom nobody has asked, and nobody does
                        missing = sides - holders[standing.ref]
                        faults.extend(f"reply untold {standing.ref} to {o}" for o in sorted(missing))
            if record.keeper == office:
                faults.extend(_as_keeper(record, holders))
                faults.extend(_stated_in_error(world, book, record))
            faults.extend(_told_less(world, book, record))
        faults.extend(_families(world, office, holders))
    faults.extend(_merges(world, holders))
    return faults


def _told_less(world: World, book: Book, record: Record) -> list[str]:
    """Whoever was shown parts of an event is shown those of what amends it: else it goes on holding what was wrong."""
    faults: list[str] = []
    told: dict[Ref, list[Delivery]] = {}
    for delivery in book.told.values() if record.facts.of(Corrected) else ():
        told.setdefault(delivery.ref, []).append(delivery)
    for standing in record.facts.of(Corrected):
        target = standing.payload.target if isinstance(standing.payload, Corrected) else standing.ref
        for delivery in told.get(target, ()):
            to = delivery.to
            amended = book.told.get((standing.ref, to))
            if amended is not None and to not in {standing.author, book.office, *world.closed}:
                missing = (delivery.parts & book.parts(standing.ref)) - amended.parts
                faults.extend(f"amendment told without its {part}: {standing.ref} to {to}" for part in sorted(missing))
    return faults


def _named(world: World, standing: Standing, holders: dict[Ref, set[str]]) -> list[str]:
    if standing.payload.type.startswith(("case.", "event.")):
        return []
    missing = (named_offices(standing.payload) & set(world.offices)) - holders[standing.ref]
    return [f"named untold {standing.ref} to {o}" for o in sorted(missing)]


def _as_keeper(record: Record, holders: dict[Ref, set[str]]) -> list[str]:
    faults: list[str] = []
    for stay in record.stays:
        if stay.ended_by is not None and stay.office not in holders[stay.ended_by]:
            faults.append(f"end unheard {stay.ended_by} by {stay.office}")
        for rival in stay.contests:
            other = record.stay(rival)
            if other is None or not (stay.open and other.open and other.kind == stay.kind == "main"):
                continue
            if stay.office not in holders[rival] or other.office not in holders[stay.id]:
                faults.append(f"rival unheard {rival}")
        if stay.open and stay.office != record.office and record.recognised(stay):
            others = {s.id for s in record.open_stays if s.office != stay.office}
            faults.extend(
                f"other stay unheard {ref} by {stay.office}" for ref in others if stay.office not in holders[ref]
            )
        if record.protected is not None and stay.office not in holders[record.protected]:
            faults.append(f"protection unheard by {stay.office}")
    return faults


def _stated_in_error(world: World, book: Book, record: Record) -> list[str]:
    """Whom the keeper holds to have been told in error, the person's keeper by mistake, states nothing any more."""
    in_error = told_in_error(Sight(book, record)) - set(world.closed)
    told = {office: world.record(office, record.person) for office in sorted(in_error)}
    return [
        f"stated in error {standing.ref}"
        for office, other in told.items()
        for standing in (other.facts.in_force(Stated) if other is not None else ())
        if standing.author == office and other is not None and other.keeper == record.office
    ]


def _families(world: World, office: str, holders: dict[Ref, set[str]]) -> list[str]:
    """By the keeper's own books: who keeps the spouse has heard of the tie, and of its end; and the widowed are so."""
    faults: list[str] = []
    own = view(world.books[office])
    for record in own:
        if record.keeper != office or record.withdrawn:
            continue
        by_id = {person: other for other in own for person in other.persons if not other.withdrawn}
        for tie in record.ties:
            other = by_id.get(tie.other.person or "")
            if tie.tie != "spouse" or other is None or other.person == record.person:
                continue
            if tie.until is None and other.died_on is not None:
                faults.append(f"not widowed {tie.ref} of {office}")
            keeper = other.keeper
            if tie.until is None and keeper is not None and keeper not in holders[tie.ref]:
                faults.append(f"tie unheard {tie.ref} by {keeper}")
    return faults


def _merges(world: World, holders: dict[Ref, set[str]]) -> list[str]:
    faults: list[str] = []
    for office, book in _open(world):
        for event in book.events():
            if not isinstance(event.payload, Merged) or event.author != office:
                continue
            told = {to for ref, to in book.told if ref in book.recorded and _of(book.recorded[ref], event.person)}
            missing = told - holders[event.ref]
            faults.extend(f"merge untold {event.ref} to {o}" for o in sorted(missing))
    return faults


def _of(event: Event, person: str) -> bool:
    """Who is asked to see to a case holds nothing of the person."""
    return event.person == person and not isinstance(event.payload, Escalated)
