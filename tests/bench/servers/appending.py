"""Appending to PostgreSQL with some writers at once, each a process: ours beside a bare prepared INSERT and peers.

`sealed`: whether events are made within the time, or before it. Every writer is a town with known persons of its own.
"""

import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import msgspec

from events.codec import SealedEvent
from events.store.postgres import PostgresStore
from exchange.stores import APP_ROLE
from tests.bench.figures import Figure, Size, against
from tests.bench.servers.bare import BareTable
from tests.bench.servers.peers import EventSourcing, MessageDb
from tests.bench.servers.writers import Prepare, Work, Writers
from tests.bench.workload import Persons, row

ALONE_TARGET, SEALED_TARGET, FIRST_TARGET, BATCH_TARGET = 0.85, 0.6, 0.7, 0.7
PEER_TARGET = {1: 2.0, 4: 4.0}
MESSAGE_DB_TARGET = 1.0


def figures(url: str, dsn: str, package: Path | None, size: Size) -> Iterator[Figure]:
    BareTable(dsn).create()
    for writers in size.writers:
        yield from _one_event(url, dsn, size, writers)
    for writers, target in PEER_TARGET.items():
        if writers not in size.writers:
            continue
        yield _beside(f"eventsourcing, {writers} writers", url, dsn, size, writers, begin_eventsourcing, target)
        if package is not None:
            yield _beside(
                f"message-db, {writers} writers", url, dsn, size, writers, begin_message_db, MESSAGE_DB_TARGET
            )
    yield _first_events(url, dsn, size)
    yield _batch(url, dsn, size)


def _one_event(url: str, dsn: str, size: Size, writers: int) -> Iterator[Figure]:
    for sealed, target in ((False, ALONE_TARGET), (True, SEALED_TARGET)):
        yield _compared(
            f"one event per commit, {writers} writers{', sealed within' if sealed else ''}",
            size,
            writers,
            Writers(writers, begin_ours, url, size.events, sealed),
            Writers(writers, begin_bare, dsn, size.events),
            target,
            "the commit's fsync, the same on both sides; then the look at the version before and the row of `pending`",
        )


def _beside(
    name: str, url: str, dsn: str, size: Size, writers: int, peer: Callable[..., Prepare], target: float
) -> Figure:
    return _compared(
        f"ours beside {name}",
        size,
        writers,
        Writers(writers, begin_ours, url, size.events, False),
        Writers(writers, peer, dsn, size.events),
        target,
        "the peer: several statements and a lock that lets one writer in at a time",
    )


def _first_events(url: str, dsn: str, size: Size) -> Figure:
    return _compared(
        "a person's first event: key, tokens, event",
        size,
        1,
        Writers(1, begin_first, url, size.events),
        Writers(1, begin_bare_first, dsn, size.events),
        FIRST_TARGET,
        "the lock of the token, four indexes that the bare tables lack, and the row of `pending`",
    )


def _batch(url: str, dsn: str, size: Size) -> Figure:
    return _compared(
        f"batch of {size.batch:,} in one transaction",
        msgspec.structs.replace(size, events=size.batch),
        1,
        Writers(1, begin_batch, url, size.batch),
        Writers(1, begin_bare_copy, dsn, size.batch),
        BATCH_TARGET,
        "the rows of `pending` with their index, and the look at the version before in each stream",
    )


def _compared(name: str, size: Size, writers: int, ours: Writers, theirs: Writers, target: float, bound: str) -> Figure:
    rounds = []
    try:
        for turn in range(size.rounds + 1):
            if turn % 2:
                mine, other = ours.run(turn), theirs.run(turn)
            else:
                other, mine = theirs.run(turn), ours.run(turn)
            rounds.append((size.events * writers, mine, other))
    finally:
        ours.close()
        theirs.close()
    return against(name, rounds[1:], target=target, bound=bound)


def _town(writer: int) -> str:
    return f"{110101001000 + writer * 1000}"


def begin_ours(writer: int, url: str, events: int, sealed: bool) -> Prepare:
    """Our append; sealing before, or within."""
    store = PostgresStore(url, role=APP_ROLE)
    persons = Persons(events, _town(writer))
    store_all(store, persons.sealed())

    def prepare(_turn: int) -> Work:
        frames = persons.frames()
        made = None if sealed else [persons.seal(frame) for frame in frames]

        def work() -> None:
            for event in map(persons.seal, frames) if made is None else made:
                store.append_alone(event)

        return work

    return prepare


def store_all(store: PostgresStore, events: Sequence[SealedEvent]) -> None:
    with store.write() as session:
        session.append(events)


def begin_batch(writer: int, url: str, events: int) -> Prepare:
    """Our append of many in one transaction."""
    store = PostgresStore(url, role=APP_ROLE)
    persons = Persons(events, _town(writer))
    store_all(store, persons.sealed())

    def prepare(_turn: int) -> Work:
        made = persons.sealed()
        return lambda: store_all(store, made)

    return prepare


def begin_first(writer: int, url: str, events: int) -> Prepare:
    """A new person each: the wrapped key, the token of a document, and the event, in one transaction."""
    store = PostgresStore(url, role=APP_ROLE)

    def prepare(_turn: int) -> Work:
        firsts = Persons(events, _town(writer)).sealed()
        made = [(event, secrets.token_bytes(60), secrets.token_bytes(32)) for event in firsts]

        def work() -> None:
            for event, key, token in made:
                person = event.frame.subject.id
                with store.write(guard=[token]) as session:
                    session.append_first(event, {person: key}, "document", [(token, person)])

        return work

    return prepare


def begin_bare(writer: int, dsn: str, events: int) -> Prepare:
    table, persons = BareTable(dsn), Persons(events, _town(writer))

    def prepare(_turn: int) -> Work:
        rows = [row(event) for event in persons.sealed()]
        return lambda: table.one_by_one(rows)

    return prepare


def begin_bare_first(writer: int, dsn: str, events: int) -> Prepare:
    table = BareTable(dsn)

    def prepare(_turn: int) -> Work:
        firsts = [(event, event.frame.subject.id) for event in Persons(events, _town(writer)).sealed()]
        rows = [
            (row(event), (person, secrets.token_bytes(60)), ("document", secrets.token_bytes(32), person))
            for event, person in firsts
        ]
        return lambda: table.firsts(rows)

    return prepare


def begin_bare_copy(writer: int, dsn: str, events: int) -> Prepare:
    table, persons = BareTable(dsn), Persons(events, _town(writer))

    def prepare(_turn: int) -> Work:
        rows = [row(event) for event in persons.sealed()]
        return lambda: table.copied(rows)

    return prepare


def begin_eventsourcing(writer: int, dsn: str, events: int) -> Prepare:
    peer, persons = EventSourcing(dsn), Persons(events, _town(writer))

    def prepare(_turn: int) -> Work:
        rows = peer.rows(persons.sealed())
        return lambda: peer.write(rows)

    return prepare


def begin_message_db(writer: int, dsn: str, events: int) -> Prepare:
    peer, persons = MessageDb(dsn), Persons(events, _town(writer))

    def prepare(_turn: int) -> Work:
        rows = peer.rows(persons.sealed())
        return lambda: peer.write(rows)

    return prepare
