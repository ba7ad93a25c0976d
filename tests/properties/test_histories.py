"""Random histories: skewed clocks; doubled, delayed and reordered deliveries (P1 to P9, P11, P12)."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable

import msgspec
import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.fact import Fact
from events.catalogue.person import Held, KeptApart, Merged, Unmerged
from events.event import Event
from exchange.protocol.book import Book, Delivery
from exchange.protocol.duties import RULES
from exchange.protocol.offices import Offices
from exchange.protocol.record import Record
from exchange.protocol.view import view
from tests.properties import checks
from tests.properties.another_order import differing_fields
from tests.properties.closings import closes, closing_faults
from tests.properties.commands import Commands
from tests.properties.comparing import confirmed_wrongly
from tests.properties.documents import document_faults
from tests.properties.enquiries import enquiry_faults
from tests.properties.families import Watch
from tests.properties.histories import HISTORIES, again, confirms, history, shape
from tests.properties.households import line_faults
from tests.properties.questions import question_faults
from tests.properties.reached import reached
from tests.properties.shown import shown
from tests.properties.succession import succession_faults
from tests.properties.world import World

BLOCK = 50
SOAK = 50_000


def faults_of(world: World) -> list[str]:
    """E1, E3, E4 and what follows from the rules directly: of offices that are closed, what these still owe nobody."""
    return [
        *checks.ledger_faults(world),
        *checks.entitlement_faults(world),
        *succession_faults(world),
        *enquiry_faults(world),
        *line_faults(world),
        *closing_faults(world),
        *checks.agreement_faults(world),
        *checks.direct_faults(world),
        *document_faults(world),
        *question_faults(world),
    ]


def run_block(first: int, count: int, record_property: Callable[[str, object], None]) -> None:
    """Histories with the seeds from `first`; every fault names the seed that shows it."""
    found: list[str] = []
    counts: Counter[str] = Counter()
    for seed in range(first, first + count):
        watch = Watch()
        world, commands = history(seed, rules=watch.rules if seed % 40 == 0 else RULES, **shape(seed))
        counts.update(reached(world))
        counts.update({f"command {name}": n for name, n in commands.counts.items()})
        counts["histories"] += 1
        found.extend(f"seed {seed}: {fault}" for fault in faults_of(world))
        if seed % 40 == 0:
            found.extend(f"seed {seed}: {fault}" for fault in watch.faults(world))
        if confirms(seed):
            found.extend(f"seed {seed}: {fault}" for fault in confirmed_wrongly(world))
        if seed % 5 == 0:
            found.extend(f"seed {seed}: {fault}" for fault in p1_views(world))
        if seed % 5 == 1:
            found.extend(f"seed {seed}: {fault}" for fault in p5_twice(world))
        if seed % 4 == 2 and not closes(seed):
            other = again(world, seed + 7, (5, 1, 2)[seed % 3])
            counts["replayed in another order" if other else "not replayable"] += 1
            if other is not None:
                found.extend(f"seed {seed}: {fault}" for fault in differing_fields(world, other))
        if seed % 5 == 3:
            found.extend(f"seed {seed}: {fault}" for fault in p7_undone(world))
    record_property("reached", json.dumps(counts))
    assert not found, "\n".join(found[:20])


@pytest.mark.parametrize("first", range(0, HISTORIES, BLOCK))
def test_histories_end_with_the_same_view_on_both_sides(
    first: int, record_property: Callable[[str, object], None]
) -> None:
    run_block(first, BLOCK, record_property)


@pytest.mark.parametrize(
    ("seed", "closing"),
    [
        (79_000_447, None),  # a statement that fell with its cause was made anew without end
        (79_000_732, None),  # a new keeper took the author for the one who asks what the keeper before it had asked
        (95_001_319, True),  # a statement was made because of what had fallen, and fell with it
        (79_000_973, None),  # what nobody was asked was withdrawn, and nobody told
        (1_407, True),  # what a statement said that fell with its cause was read for good
        (600_508, True),  # a keeper took for its own what an office had asked that closed
        (63_000_106, True),  # an answer on paper opened a case of a question taken back
        (63_000_245, True),  # a keeper asked nothing on of a place that another had asked
    ],
)
def test_histories_that_once_ended_wrong(seed: int, closing: bool | None) -> None:
    assert faults_of(history(seed, closing=closing, **shape(seed))[0]) == []


@pytest.mark.soak
@pytest.mark.parametrize("first", range(HISTORIES, SOAK, BLOCK))
def test_many_more_histories(first: int, record_property: Callable[[str, object], None]) -> None:
    run_block(first, BLOCK, record_property)


def p1_views(world: World) -> list[str]:
    """P1: the view of any subset never raises, and permutations agree."""
    draw = random.Random(world.seed)
    faults: list[str] = []
    for office, book in world.books.items():
        own, received = list(book.recorded.values()), list(book.received.items())
        draw.shuffle(own)
        draw.shuffle(received)
        permuted, part = Book(office, book.offices), Book(office, book.offices)
        for event in own:
            permuted.record(event)
            if draw.random() < 0.5:
                part.record(event)
        for (ref, _), delivery in received:
            permuted.receive(delivery, book.event(ref))
            if draw.random() < 0.5:
                part.receive(delivery, book.event(ref))
        for delivery in book.told.values():
            permuted.tell(delivery)
        view(part)
        if [shown(r) for r in view(permuted)] != [shown(r) for r in view(book)]:
            faults.append(f"P1 {office}")
    return faults


def p5_twice(world: World) -> list[str]:
    """P5: duties that run twice tell nothing new, and no event about one office is told twice under one revision."""
    before = len(world.said)
    world.quiet.clear()
    for node in range(world.nodes):
        world.settle(node)
    keys = Counter((d.teller, d.to, d.ref, d.revision) for d in world.said)
    faults = [f"P5 told twice {key}" for key, times in keys.items() if times > 1]
    return faults if len(world.said) == before else [*faults, "P5 new deliveries"]


def p7_undone(world: World) -> list[str]:
    """P7: retract, then retract the retraction: the view before; merge, then unmerge: both views before."""
    faults: list[str] = []
    for office in sorted(world.books):
        for record in world.records(office):
            own = [
                s
                for s in record.facts.values()
                if s.author == office and not s.void and not s.event.frame.automatic and s.payload.amendable
            ]
            for target in own[:3]:
                taken_back = world.author(office, target.event.person, target.day, Retracted(target=target.ref))
                faults.extend(_undone(world, office, taken_back, Retracted(target=taken_back.ref)))
        persons = [r.person for r in world.records(office) if r.keeper == office]
        if len(persons) > 1:
            merge = world.author(office, persons[0], "2026-01-01", Merged(other=persons[1], keeper=office))
            faults.extend(_undone(world, office, merge, Unmerged(other=persons[1], merge=merge.ref)))
    return faults + p9_nobody(world)


def _undone(world: World, office: str, act: Event, undoing: Fact) -> list[str]:
    """Both acts, the second undoing the first, leave the office's records as they were."""
    book = world.books[office].copy()
    before = [_facts_shown(r) for r in world.records(office)]
    book.record(act)
    book.record(msgspec.structs.replace(_like(act, undoing), payload=undoing))
    after = [_facts_shown(r) for r in view(book)]
    return [] if before == after else [f"P7 {office} {act.payload.type}"]


def _like(act: Event, undoing: Fact) -> Event:
    frame = msgspec.structs.replace(
        act.frame,
        id=act.frame.id + "-undone",
        type=undoing.type,
        stamp=act.frame.stamp + 1,
        target=getattr(undoing, "target", None),
    )
    return msgspec.structs.replace(act, frame=frame)


def _facts_shown(record: Record) -> tuple[object, ...]:
    """Keeper, registration, stays and life: what a retraction and its retraction must leave as it was."""
    stays = tuple((s.id, s.kind, s.began, s.ended) for s in record.stays)
    return (record.person, record.keeper, record.registration, stays, record.died_on)


def p9_nobody(world: World) -> list[str]:
    """P9: an event whose routing row says nobody changes no other book."""
    office, record = next(
        ((o, r) for o in sorted(world.books) for r in world.records(o) if r.keeper == o), (None, None)
    )
    if office is None or record is None:
        return []
    before = {o: b.changes for o, b in world.books.items() if o != office}
    for fact in (KeptApart(other="P9"), Held(ground="court")):
        world.command(world.author(office, record.person, "2026-01-01", fact))
    world.drain()
    return [f"P9 {o}" for o, changes in before.items() if world.books[o].changes != changes]


class Journal(Book):
    """A book that remembers in which order it changed."""

    def __init__(self, office: str, jurisdictions: Offices) -> None:
        super().__init__(office, jurisdictions)
        self.entries: list[Callable[[Book], object]] = []

    def record(self, event: Event) -> None:
        super().record(event)
        self.entries.append(lambda book: book.record(event))

    def receive(self, delivery: Delivery, event: Event) -> bool:
        self.entries.append(lambda book: book.receive(delivery, event))
        return super().receive(delivery, event)

    def tell(self, delivery: Delivery) -> None:
        super().tell(delivery)
        self.entries.append(lambda book: book.tell(delivery))


@pytest.mark.parametrize("seed", range(40))
def test_p11_what_was_known_at_a_moment_never_changes(seed: int) -> None:
    """Known at t is the view over what had come by t; what comes later changes nothing of it."""
    world = World(seed, 2)
    for office in world.offices:
        world.books[office] = Journal(office, world.directory)
    commands = Commands(world)
    snapshots: list[tuple[str, int, list[tuple[object, ...]]]] = []
    for _ in range(20):
        commands.step()
        world.settle(world.random.randrange(2))
        world.deliver_one()
        for office, book in world.books.items():
            if isinstance(book, Journal):
                snapshots.append((office, len(book.entries), [shown(r) for r in view(book)]))
    world.drain()
    for office, entries, seen in snapshots:
        book = world.books[office]
        assert isinstance(book, Journal)
        then = Book(office, book.offices)
        for entry in book.entries[:entries]:
            entry(then)
        assert [shown(r) for r in view(then)] == seen
