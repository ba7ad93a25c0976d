"""How what offices do all day fares while the log grows: `python -m tests.bench.growth`, which draws docs/growth.svg.

On PostgreSQL, in one process. Half of the events open a dossier at home, half arrive elsewhere and ask; each causes
automatic facts and deliveries, which are counted in no size but weigh on every table.
"""

import argparse
import json
import resource
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from statistics import median

import msgspec

from exchange.demo.servers.postgres import Postgres
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.queries.find_person import find_person
from exchange.queries.lines import lines
from exchange.queries.record import record as sheet
from exchange.settings import settings
from exchange.tables.inbox import Which
from tests.bench.curves import drawn
from tests.bench.figures import timed
from tests.bench.workload import CLERKS, HOME, TOWN, arrived, crowds, number_of, registered, streams, take

SIZES = (10_000, 30_000, 100_000)
TRIES = 60
PERSONS = 500  # taken at a time
PLOT = Path(__file__).resolve().parents[2] / "docs" / "growth.svg"
DATA = Path(__file__).resolve().parents[2] / "build" / "growth.json"


class Moment(msgspec.Struct, frozen=True):
    """Milliseconds of each deed, and the most memory that this process ever had, when the log was so long."""

    events: int
    deeds: dict[str, float]
    megabytes: float


def moments(node: Node, sizes: Iterable[int]) -> Iterator[Moment]:
    """Grow to each size, and see how long everything takes there."""
    taken, coming = 0, crowds(PERSONS)
    for size in sizes:
        while taken < size:
            crowd = next(coming)
            take(node, HOME, map(registered, crowd))
            arrivals = take(node, TOWN, map(arrived, crowd))
            advance(node)
            taken += 2 * len(crowd)
        number = number_of(crowd[0])
        used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        yield Moment(size, dict(_deeds(node, str(arrivals[0].person), number)), used)


def _deeds(node: Node, person: str, number: str) -> Iterator[tuple[str, float]]:
    events = iter(streams(node, TRIES + 1).sealed())
    yield "append one event", _typical(lambda: node.uow.append(next(events)))
    clerk = CLERKS[HOME]
    yield "find a person by document", _typical(lambda: find_person(node, clerk, "case", "resident", number))
    yield "a page of the inbox", _typical(lambda: lines(node, clerk, Which()))
    yield "a person's record", _typical(lambda: sheet(node, clerk, "case", person))


def _typical(deed: Callable[[], object]) -> float:
    deed()
    return median(timed(deed) for _ in range(TRIES)) * 1000


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="lengths of the log at which to look")
    sizes = parser.parse_args().sizes
    folder = Path(tempfile.mkdtemp(prefix="xb-"))
    folder.chmod(0o711)  # PostgreSQL runs as another user
    server = Postgres(folder / "pg")
    node = Node.open(settings(data=folder / "data", serves=("11", "42"), database_url=server.create("growth")))
    found = []
    try:
        for moment in moments(node, sizes):
            found.append(moment)
            print(moment.events, {name: round(took, 2) for name, took in moment.deeds.items()}, moment.megabytes)
    finally:
        node.close()
        server.end()
        shutil.rmtree(folder)
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_text(json.dumps([msgspec.to_builtins(moment) for moment in found], indent=2) + "\n", encoding="utf-8")
    curves = {name: [(moment.events, moment.deeds[name]) for moment in found] for name in found[0].deeds}
    PLOT.write_text(drawn(curves, across="events in the log", up="milliseconds, median"), encoding="utf-8")


if __name__ == "__main__":
    main()
