"""From the commit of an event to the views of it, while events come at a steady rate, on PostgreSQL.

Three times: the worker of the embedded setting, a thread that is woken in the process that records; a worker that
listens to Redis itself; and Celery over Redis.
One process records moves, each of another person, and looks every other millisecond which records have moved on.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from statistics import quantiles

import msgspec

from events.store.sql.rows import Query
from exchange.commands.record import record
from exchange.demo.servers import ours
from exchange.demo.servers.child import Child
from exchange.demo.servers.redis import Redis
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.pipeline.loop import Loop
from tests.bench.figures import Figure, Size
from tests.bench.workload import CLERKS, HOME, TOWN, arrived, moved, people, registered, take

RATE = 200  # events a second
LOOK = 0.002  # seconds between two looks
PATIENCE = 30.0  # seconds for the last one
_VERSIONS = Query(f"SELECT person, version FROM records WHERE office = '{TOWN}' AND person {{keys}}")


def figures(node: Node, size: Size) -> Iterator[Figure]:
    """`node`: a node in PostgreSQL that nobody else works on."""
    take(node, HOME, map(registered, crowd := people(size.events * size.rounds, seed=9)))
    persons = [str(result.person) for result in take(node, TOWN, map(arrived, crowd))]
    advance(node)
    loop = Loop(node).start()
    try:
        waits = _waits(node, node, persons)
    finally:
        loop.stop()
    yield from _shown("embedded worker", waits, {}, "the interpreter that writer and worker share")
    folder = node.settings.data
    with ExitStack() as ending:
        redis = Redis(folder)
        ending.callback(redis.end)
        given = {
            "data": str(folder),
            "serves": ",".join(node.settings.serves),
            "broker_url": redis.url,
            "database_url": node.settings.database_url,
        }
        writer = Node.open(msgspec.structs.replace(node.settings, broker_url=redis.url))
        ending.callback(writer.close)
        for name, begin, targets, bound in _WORKERS:
            advance(node)
            worker = begin(folder, given)
            try:
                waits = _waits(writer, node, persons)
            finally:
                worker.end()
            yield from _shown(name, waits, targets, bound)


def _celery(folder: Path, given: Mapping[str, str]) -> Child:
    return ours.worker(folder, given, "latency-worker", "--concurrency", "1")


_WORKERS: Sequence[tuple[str, Callable[[Path, Mapping[str, str]], Child], Mapping[str, float], str]] = (
    (
        "a worker that listens to Redis",
        ours.listener,
        {"median": 15, "p99": 60},
        "two cores for the writer, whoever looks, the worker and the database",
    ),
    (
        "Celery over Redis",
        _celery,
        {"p99": 100},
        "Celery: sending, fetching and handing a task to a process",
    ),
)


def _waits(writer: Node, reader: Node, persons: Sequence[str]) -> list[float]:
    """Seconds from each person's commit to the town's new record. `writer` records in a thread of its own."""
    before = _versions(reader, persons)
    committed: dict[str, float] = {}
    seen: dict[str, float] = {}
    failed: list[Exception] = []
    thread = threading.Thread(target=_write, args=(writer, persons, committed, failed))
    thread.start()
    end = time.perf_counter() + len(persons) / RATE + PATIENCE
    while len(seen) < len(persons) and time.perf_counter() < end and not failed:
        awaited = committed.keys() - seen.keys()
        now, moment = _versions(reader, awaited), time.perf_counter()
        seen.update({person: moment for person in awaited if now[person] != before[person]})
        time.sleep(LOOK)
    thread.join()
    if failed:
        raise failed[0]
    if len(seen) < len(persons):
        raise RuntimeError("not all was forwarded")
    return [moment - committed[person] for person, moment in seen.items()]


def _write(node: Node, persons: Sequence[str], committed: dict[str, float], failed: list[Exception]) -> None:
    begun = time.perf_counter()
    for number, person in enumerate(persons):
        time.sleep(max(0.0, begun + number / RATE - time.perf_counter()))
        (result,) = record(node, CLERKS[TOWN], [moved(person)])
        if result.error is not None:
            failed.append(result.error)
            return
        committed[person] = time.perf_counter()


def _versions(node: Node, persons: Iterable[str]) -> dict[str, int]:
    """Of these and no others: whoever looks shares the interpreter with those whom it looks at."""
    asked = list(persons)
    return dict(node.uow.glance(lambda reader: list(reader.ask_rows(_VERSIONS, asked)))) if asked else {}


def _shown(name: str, waits: Sequence[float], targets: Mapping[str, float], bound: str) -> Iterator[Figure]:
    hundredths = quantiles(waits, n=100)
    for what, seconds in (("median", hundredths[49]), ("p99", hundredths[98])):
        yield Figure(
            name=f"commit to views, {name}, {what}",
            unit="ms",
            ours=seconds * 1000,
            target=targets.get(what),
            at_most=True,
            bound=bound,
        )
