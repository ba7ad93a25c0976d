"""From committed events to log indexes, and from there to deliveries, books, records, cases and inboxes."""

from collections.abc import Callable, Iterator
from pathlib import Path

from exchange.node import Node
from exchange.pipeline.forward import forward
from exchange.pipeline.sequence import sequence
from tests.bench.figures import Figure, Size, rate, timed
from tests.bench.workload import HOME, TOWN, arrived, crowds, node_in, registered, streams, take


def figures(folder: Path, size: Size) -> Iterator[Figure]:
    with node_in(folder / "sequence") as node:
        yield _sequencing(node, size)
    with node_in(folder / "forward") as node:
        yield _forwarding(node, size)


def _exhausted(step: Callable[[Node], int], node: Node) -> None:
    while step(node):
        pass


def _sequencing(node: Node, size: Size) -> Figure:
    known = streams(node, size.batch)
    rounds = []
    for _ in range(size.rounds + 1):
        with node.uow.begin() as session:
            session.append(known.sealed())
        with node.uow.look() as reader:
            waiting = reader.pending()
        rounds.append((waiting, timed(lambda: _exhausted(sequence, node))))
    return rate("sequencing", rounds[1:], bound="one core: reading the rows through SQLAlchemy and decoding the frames")


def _forwarding(node: Node, size: Size) -> Figure:
    rounds = []
    for _, crowd in zip(range(size.rounds + 1), crowds(size.events // 2 or 1), strict=False):
        committed = len(take(node, HOME, map(registered, crowd))) + len(take(node, TOWN, map(arrived, crowd)))
        _exhausted(sequence, node)
        rounds.append((committed, timed(lambda: _exhausted(forward, node))))
    if node.stuck:
        raise next(iter(node.stuck.values()))
    return rate(
        "forwarding, a registration and an arrival",
        rounds[1:],
        bound="one core: what is due by each book (views and duties), worked out five times for a dossier of two sides",
    )
