"""Appending: one event a commit, with and without sealing, a batch in one, and the whole command."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from events.codec import SealedEvent
from events.envelope import Envelope
from exchange.commands.record import record
from exchange.node import Node
from tests.bench.figures import Figure, Size, against, turns
from tests.bench.workload import (
    CLERKS,
    HOME,
    TOWN,
    Bare,
    arrived,
    moved,
    node_in,
    people,
    registered,
    row,
    streams,
    take,
)

APPEND_TARGET = 0.8


def figures(folder: Path, size: Size) -> Iterator[Figure]:
    with node_in(folder / "append") as node:
        bare = Bare(folder)
        try:
            yield _one(node, bare, size)
            yield _with_sealing(node, bare, size)
            yield _batch(node, bare, size)
            yield _command(node, bare, size)
        finally:
            bare.close()


def append_each(node: Node, events: Iterable[SealedEvent]) -> None:
    """A commit for each event."""
    for event in events:
        node.uow.append(event)


def _one(node: Node, bare: Bare, size: Size) -> Figure:
    known = streams(node, size.events)
    rounds = []
    for number in range(size.rounds + 1):
        events = known.sealed()
        rows = [row(event) for event in events]
        taken = turns(number, lambda e=events: append_each(node, e), lambda r=rows: bare.one_by_one(r))  # type: ignore[misc]
        rounds.append((len(events), *taken))
    return against(
        "one event per commit",
        rounds[1:],
        target=APPEND_TARGET,
        bound="fsync, the same on both sides; then the row of `pending` and the look at the version before",
    )


def _with_sealing(node: Node, bare: Bare, size: Size) -> Figure:
    known = streams(node, size.events)

    def ours(frames: Iterable[Envelope]) -> None:
        append_each(node, map(known.seal, frames))

    rounds = []
    for number in range(size.rounds + 1):
        frames = known.frames()
        rows = [row(known.seal(frame)) for frame in frames]
        taken = turns(number, lambda f=frames: ours(f), lambda r=rows: bare.one_by_one(r))  # type: ignore[misc]
        rounds.append((len(frames), *taken))
    return against(
        "one event per commit, sealed within",
        rounds[1:],
        bound="the same, and making canonical bytes, a salt, a commitment and a ciphertext",
    )


def _batch(node: Node, bare: Bare, size: Size) -> Figure:
    known = streams(node, size.batch)

    def ours(events: list[SealedEvent]) -> None:
        with node.uow.begin() as session:
            session.append(events)

    rounds = []
    for number in range(size.rounds + 1):
        events = known.sealed()
        rows = [row(event) for event in events]
        taken = turns(number, lambda e=events: ours(e), lambda r=rows: bare.together(r))  # type: ignore[misc]
        rounds.append((len(events), *taken))
    return against(
        f"batch of {size.batch:,} in one commit",
        rounds[1:],
        bound="the rows of `pending` that the trigger writes, the version looked up before each, rows made here",
    )


def _command(node: Node, bare: Bare, size: Size) -> Figure:
    known = streams(node, size.events)
    take(node, HOME, map(registered, crowd := people(size.events)))
    persons = [str(result.person) for result in take(node, TOWN, map(arrived, crowd))]

    def ours() -> None:
        for person in persons:
            for result in record(node, CLERKS[TOWN], [moved(person)]):
                if result.error is not None:
                    raise result.error

    rounds = []
    for number in range(size.rounds + 1):
        rows = [row(event) for event in known.sealed()]
        rounds.append((len(rows), *turns(number, ours, lambda r=rows: bare.one_by_one(r))))  # type: ignore[misc]
    return against(
        "the whole command, one event",
        rounds[1:],
        bound="reading the dossier, question by question, and the office's view of it on which the command is decided",
    )
