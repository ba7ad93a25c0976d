"""From committed events to log indexes in one process, and from there to the books of all offices by two workers."""

from collections.abc import Iterator

from exchange.collecting import BETWEEN_LOOKS_AT_BATCHES, collect_seldom
from exchange.node import Node
from exchange.pipeline.forward import forward
from exchange.pipeline.sequence import sequence
from exchange.settings import Settings
from tests.bench.figures import Figure, Size, rate, timed
from tests.bench.servers.writers import Prepare, Work, Writers
from tests.bench.workload import HOME, TOWN, Persons, arrived, crowds, moved, registered, take

WORKERS = 2
SEQUENCING_TARGET, FORWARDING_TARGET = 50_000, 5_000
SHARED = 4  # so many persons for each event of a round elsewhere, or one worker would claim them all
SEQUENCED = 10  # batches in a round of sequencing


def figures(node: Node, size: Size) -> Iterator[Figure]:
    yield _sequencing(node, size)
    yield from _forwarding(node, size)


def _sequencing(node: Node, size: Size) -> Figure:
    persons = Persons(size.batch * SEQUENCED)
    rounds = []
    for _ in range(size.rounds + 1):
        with node.uow.begin() as session:
            session.append(persons.sealed())
        rounds.append((size.batch * SEQUENCED, timed(lambda: _sequence(node))))
    with node.uow.begin() as session:  # streams of no story: nothing to forward
        session.done(session.claim(size.batch * SEQUENCED))
    return rate(
        "sequencing, PostgreSQL",
        rounds[1:],
        target=SEQUENCING_TARGET,
        bound="the database: reads by index, two indexes of the log, two of the marks; decoding goes on beside it",
    )


def _forwarding(node: Node, size: Size) -> Iterator[Figure]:
    workers = Writers(WORKERS, worker, node.settings)
    came, went = [], []
    try:
        for number, crowd in zip(range(size.rounds + 1), crowds(size.events * SHARED), strict=False):
            take(node, HOME, map(registered, crowd))
            arrivals = take(node, TOWN, map(arrived, crowd))
            _sequence(node)
            came.append((2 * len(arrivals), workers.run(number)))
            take(node, TOWN, [moved(str(arrival.person)) for arrival in arrivals])
            _sequence(node)
            went.append((len(arrivals), workers.run(number)))
    finally:
        workers.close()
    with node.uow.look() as session:
        if session.oldest_dirty() is not None:
            raise RuntimeError("not all was forwarded")
    bound = "two cores: what is due by each book (views and duties), in Python"
    again = f"{bound}, for a dossier that was settled once"
    for what, taken, why in (("a registration and an arrival", came, bound), ("a move", went, again)):
        yield rate(f"forwarding {what}, {WORKERS} workers", taken[1:], target=FORWARDING_TARGET, bound=why)


def worker(_number: int, of_node: Settings) -> Prepare:
    """A worker's process: it forwards until nothing is left that nobody else works on."""
    node = Node.open(of_node)
    collect_seldom(between=BETWEEN_LOOKS_AT_BATCHES)  # as the workers do

    def work() -> None:
        while forward(node):
            pass
        if node.stuck:
            raise next(iter(node.stuck.values()))

    def prepare(_turn: int) -> Work:
        return work

    return prepare


def _sequence(node: Node) -> None:
    while sequence(node):
        pass
