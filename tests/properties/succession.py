"""Offices of a world are renamed, merged and split in the middle of its cases (row 7 of the examples)."""

from __future__ import annotations

import random
from collections.abc import Iterator

import msgspec

from events.catalogue import content_of
from events.catalogue.fact import Fact
from events.catalogue.jurisdiction import Closed, Opened, Renamed, Succeeded
from events.envelope import Envelope, Ref, Subject
from events.event import Event, restricted, united
from exchange.protocol.book import ALL_PARTS, Delivery
from exchange.protocol.inheriting import handed_on
from tests.properties.world import World

COUNTY = "110101000000"
KINDS = ("rename", "merge", "split")


def drawn(seed: int) -> bool:
    """Whether offices end in the history with this seed."""
    return seed % 6 == 4


class Handed(msgspec.Struct, frozen=True):
    """What an office held of a person when it ended, and who has it from then on: by the test's own reckoning."""

    what: str
    office: str
    person: str
    heir: str
    recorded: frozenset[Ref]
    held: frozenset[Ref]
    cases: frozenset[tuple[Ref, str, str | None]]  # of its open cases: opening event, kind, and keeper as it saw it


class Successions:
    """Draws what becomes of a world's offices; every book reads it at once, for it stands in every book (K1)."""

    def __init__(self, world: World, persons: tuple[str, ...]) -> None:
        self.world = world
        self.persons = persons
        # By itself, so that a history without a succession stays what it was.
        self.random = random.Random(world.seed * 7 + 1)

    def moments(self, steps: int) -> dict[int, str]:
        """Before which steps what happens: nothing in most histories."""
        if not drawn(self.world.seed):
            return {}
        return {self.random.randrange(steps // 4, steps): kind for kind in self.random.sample(KINDS, 2)}

    def draw(self, kind: str) -> None:
        """Do it to a random office. A merge is of one into another; a split goes to two, by person."""
        if len(self.world.offices) < len(("it", "an heir", "another")):
            return
        office, *others = self.random.sample(self.world.offices, len(self.world.offices))
        if kind == "rename":
            self.record(office, Renamed(name="新镇"))
        elif kind == "merge":
            self.record(office, Succeeded(to=(others[0],)))
        else:
            self.record(office, Succeeded(to=tuple(others[:2]), allotment=self._allotment(office, others[:2])))

    def record(self, office: str, fact: Fact) -> None:
        """The parent's fact, which every book has."""
        record(self.world, office, fact)

    def _allotment(self, office: str, heirs: list[str]) -> dict[str, str]:
        """Of most dossiers, with all the ids that the office knows to be one person, as the command makes it whole."""
        given = {person: self.random.choice(heirs) for person in self.persons if self.random.random() < 0.7}
        for held in self.world.records(office):
            if held.person in given:
                given |= dict.fromkeys(held.persons, given[held.person])
            elif named := [person for person in held.persons if person in given]:
                given |= dict.fromkeys(held.persons, given[named[0]])
        return given


def record(world: World, office: str, fact: Fact) -> None:
    """The parent's fact about the office, in every book from now on; whatever was on its way arrives before it."""
    while world.wire:
        world.take(*world.wire.pop(0))
    about = [*world.about_offices, _event(world, office, fact)]
    fresh: list[Handed] = []
    if isinstance(fact, Succeeded):
        fresh = list(_handed(world, office, fact))
        world.handed += fresh
        world.offices = tuple(each for each in world.offices if each != office)
        world.gone = (*world.gone, office)
    elif isinstance(fact, Closed):
        world.offices = tuple(each for each in world.offices if each != office)
        world.closed = (*world.closed, office)
    elif isinstance(fact, Opened):
        world.closed = tuple(each for each in world.closed if each != office)
        world.offices = (*world.offices, office)
    world.about_offices = about
    world.directory = world.overseen([_event(world, COUNTY, Opened(name="区")), *about])
    _read_anew(world)
    world.lost += [fault for handed in fresh for fault in _cases_lost(world, handed)]


def repeated(world: World, other: World) -> None:
    """In another world of the same facts, all offices end before anything is recorded: when it is known is all one."""
    for event in world.about_offices:
        record(other, event.frame.subject.id, event.payload)


def _event(world: World, office: str, fact: Fact) -> Event:
    number = len(world.about_offices)
    frame = Envelope(
        id=f"00000000-0000-7000-8000-{number:012}",
        type=fact.type,
        schema=1,
        subject=Subject("jurisdiction", office),
        author=COUNTY,
        actor="operator",
        effective_on="2026-01-01",
        stamp=world.now + number,
        recorded_at="2026-01-01T00:00:00Z",
        version=number + 1,
        submission=f"act {number}",
        facts=content_of(fact),
    )
    return Event(frame, fact, ALL_PARTS)


def _handed(world: World, office: str, fact: Succeeded) -> Iterator[Handed]:
    book = world.books.get(office)
    if book is None:
        return
    persons = {event.person for event in book.events()}
    open_cases = [
        (record.facts[case.ref.opening].event.person, (case.ref.opening, case.ref.kind, record.keeper))
        for record in world.records(office)
        for case in record.cases.values()
        if case.open and not case.hidden and case.ref.opening in record.facts and office in {case.asker, case.ref.asked}
    ]
    for person in sorted(persons):
        yield Handed(
            "split" if len(fact.to) > 1 else "merge",
            office,
            person,
            fact.allotment.get(person, fact.to[0]),
            frozenset(ref for ref, event in book.recorded.items() if event.person == person),
            frozenset(event.ref for event in book.events() if event.person == person),
            frozenset(case for about, case in open_cases if about == person),
        )


def _read_anew(world: World) -> None:
    """The books as the offices of today have them, out of what the old ones held."""
    old, directory = list(world.books.values()), world.directory
    world.books, world.views = {}, {}
    full: dict[tuple[Ref, str], Event] = {}
    received: list[tuple[Delivery, str]] = []
    told: list[tuple[Delivery, str]] = []
    for book in old:
        person = {event.ref: event.person for event in book.events()}
        for event in book.recorded.values():
            world.book(directory.author(event)).record(event)
        for delivery in book.received.values():
            received.append((delivery, person[delivery.ref]))
            key = (delivery.ref, directory.successor(book.office, person[delivery.ref]))
            event = restricted(book.event(delivery.ref), delivery.parts)
            full[key] = united(full[key], event) if key in full else event
        told += [(delivery, person[delivery.ref]) for delivery in book.told.values()]
    for delivery in handed_on(received, directory):
        world.book(delivery.to).receive(delivery, restricted(full[delivery.ref, delivery.to], delivery.parts))
    for delivery in handed_on(told, directory):
        world.book(delivery.teller).tell(delivery)


def succession_faults(world: World) -> list[str]:
    """What an office left is its heir's and nobody else's; no record speaks of an office that has ended."""
    faults = [f"a book is left under {office}" for office in world.gone if office in world.books] + world.lost
    for handed in world.handed:
        heir = _today(world, handed)
        books = world.books
        missing = [ref for ref in handed.held if heir not in books or not books[heir].holds(ref)]
        faults += [f"{heir} misses {ref} of {handed.office}" for ref in missing]
        for ref in handed.recorded:
            faults += [
                f"{other} took {ref} of {heir}" for other, b in books.items() if other != heir and ref in b.recorded
            ]
    for office, book in world.books.items():
        for own in world.view(book):
            named = {own.keeper, *own.openers, *(stay.office for stay in own.stays)}
            named |= {side for case in own.cases.values() for side in (case.asker, case.ref.asked)}
            faults += [f"{office} still speaks of {ended}" for ended in sorted(named & set(world.gone), key=str)]
    return faults


def _today(world: World, handed: Handed) -> str:
    """Who has it after all successions: a heir may have ended too."""
    heir = handed.heir
    for later in world.handed:
        if (later.office, later.person) == (heir, handed.person):
            heir = later.heir
    return heir


def _cases_lost(world: World, handed: Handed) -> list[str]:
    """Asked right after the succession: later a case may end as any other does."""
    heir = _today(world, handed)
    records = world.records(heir)
    faults = []
    for opening, kind, keeper in handed.cases:
        # By the books of both an office may know another keeper, behind whose back nobody asks.
        today = keeper and world.directory.successor(keeper, handed.person)
        alike = [record for record in records if opening in record.facts and record.keeper == today]
        if any((opening, kind) not in {(ref.opening, ref.kind) for ref in record.cases} for record in alike):
            faults.append(f"{heir} lost the case {opening} {kind}")
    return faults + [
        f"{heir} asks itself {ref.opening}"
        for record in records
        for ref, case in record.cases.items()
        if case.open and case.asker == ref.asked
    ]
