"""Reading the past: decode and fold in person order, and leaves verified from stored bytes. CPU of this process."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from time import process_time

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from events.codec import opened_event, thaw
from events.event import Event
from events.log.leaf import checked_leaf_of, leaf_of
from events.log.tree import Frontier
from events.store.contract import StoredEvent
from events.store.sql.schema import log
from exchange.everybody import everybody
from exchange.node import Node
from exchange.pipeline.sequence import sequence
from exchange.protocol.book import Book
from exchange.protocol.view import view
from tests.bench.figures import Figure, Size, rate, timed
from tests.bench.workload import HOME, TOWN, arrived, moved, node_in, people, registered, take

REPLAY_TARGET, OPENED_TARGET, VERIFY_TARGET = 250_000, 120_000, 350_000
_Sealed = tuple[bytes, bytes]


def figures(folder: Path, size: Size) -> Iterator[Figure]:
    with node_in(folder / "replay") as node:
        persons = _lived(node, size)
        yield from _replays(node, persons, size)
        yield from _verifications(node, size)


def _lived(node: Node, size: Size) -> dict[str, list[_Sealed]]:
    """Stored bytes by person: each was registered, arrived elsewhere, and moved inside that town."""
    take(node, HOME, map(registered, crowd := people(size.batch)))
    arrivals = take(node, TOWN, map(arrived, crowd))
    take(node, TOWN, [moved(str(arrival.person)) for arrival in arrivals])
    while sequence(node):
        pass
    with node.uow.look() as session:
        stored = [event for some in everybody(session) for event in session.events_of(some)]
    stored.sort(key=_person)
    return {person: [(e.body, e.sealed) for e in own] for person, own in groupby(stored, _person)}


def _person(stored: StoredEvent) -> str:
    return stored.frame.subject.id


def _replays(node: Node, persons: dict[str, list[_Sealed]], size: Size) -> Iterator[Figure]:
    events = sum(map(len, persons.values()))
    with node.uow.look() as session:
        wrapped = session.wrapped_keys(persons)

    def decode() -> None:
        for own in persons.values():
            for body, sealed in own:
                _event(body, sealed, None)

    def fold(opened: bool) -> None:
        for person, own in persons.items():
            cipher = node.keys.unwrapped(person, wrapped[person]) if opened else None
            book = Book(HOME, node.offices)
            for body, sealed in own:
                book.record(_event(body, sealed, cipher))
            view(book)

    runs = range(size.rounds + 1)
    yield rate(
        "decode of the clear facts",
        [(events, timed(decode, process_time)) for _ in runs][1:],
        bound="merging facts into a payload, and msgspec's check of it",
    )
    yield rate(
        "replay: decode and fold of the clear facts",
        [(events, timed(lambda: fold(opened=False), process_time)) for _ in runs][1:],
        target=REPLAY_TARGET,
        bound="the view, which reads the whole book of a person anew by every rule, in plain Python",
    )
    yield rate(
        "replay with parts opened",
        [(events, timed(lambda: fold(opened=True), process_time)) for _ in runs][1:],
        target=OPENED_TARGET,
        bound="the same, and decrypting and proving each part",
    )


def _event(body: bytes, sealed: bytes, cipher: AESGCM | None) -> Event:
    return opened_event(StoredEvent(frame=thaw(body), body=body, sealed=sealed), cipher)


def _verifications(node: Node, size: Size) -> Iterator[Figure]:
    with node.uow.look() as session:
        frontier = session.frontier()
        bodies = [event.body for event in session.log(0, frontier.size)]
        leaves = list(session.sql.execute(select(log.c.leaf).order_by(log.c.index)).scalars())

    def verify(found: Iterable[bytes]) -> None:
        made = list(found)
        if made != leaves or Frontier().append(made).root() != frontier.root():
            raise RuntimeError("the log does not verify")

    runs = range(size.rounds + 1)
    yield rate(
        "leaves verified from stored bytes",
        [(len(bodies), timed(lambda: verify(map(leaf_of, bodies)), process_time)) for _ in runs][1:],
        target=VERIFY_TARGET,
        bound="two rounds of SHA-256 for each event, through hashlib",
    )
    yield rate(
        "the same, with the canonical form checked",
        [(len(bodies), timed(lambda: verify(map(checked_leaf_of, bodies)), process_time)) for _ in runs][1:],
        bound="decoding each frame and encoding it again",
    )
