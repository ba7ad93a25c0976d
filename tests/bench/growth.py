"""How what offices do all day fares while the log grows: `python -m tests.bench.growth`, which draws docs/growth.svg.

On PostgreSQL. Processes beside this one let it grow, each with people of its own, and forward as workers do. Half of
the events open a dossier at home, half arrive elsewhere and ask; deliveries weigh on every table and are not counted.
"""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median

import msgspec
from sqlalchemy import text

from exchange.collecting import collect_seldom, share_one_heap
from exchange.demo.population import Person
from exchange.demo.servers.postgres import Postgres
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.queries.find_person import find_person
from exchange.queries.lines import lines
from exchange.queries.record import record as sheet
from exchange.settings import Settings, settings
from exchange.tables.inbox import Which
from tests.bench.curves import drawn
from tests.bench.figures import timed
from tests.bench.servers.writers import Prepare, Work, Writers
from tests.bench.workload import CLERKS, HOME, TOWN, arrived, crowds, number_of, registered, streams, take

SIZES = (10_000, 30_000, 100_000)
GROWERS = 2
TRIES = 60
PERSONS = 1_000  # that a process takes at a time, about
FLUSHED = 1.1  # seconds after which a process of the database has written down what it read
PLOT = Path(__file__).resolve().parents[2] / "docs" / "growth.svg"
DATA = Path(__file__).resolve().parents[2] / "build" / "growth.json"
_UNINDEXED = "SELECT relname, seq_tup_read FROM pg_stat_user_tables"


class Moment(msgspec.Struct, frozen=True):
    """When the log was so long: milliseconds of each deed, the most megabytes that any grower ever had, and how many
    rows of which table all deeds together read without an index.
    """

    events: int
    deeds: dict[str, float]
    unindexed: dict[str, int]
    megabytes: int


def moments(
    node: Node,
    sizes: Iterable[int],
    tell: Callable[[str], object],
    analyse: Callable[[], object],
    *,
    each: int = PERSONS,
    tries: int = TRIES,
) -> Iterator[Moment]:
    """Grow to each size, and see how long everything takes there. `each`: persons that a process takes at a time.

    `analyse`: has the database count its tables, as it does by itself within a minute.
    """
    growers = Writers(GROWERS, grower, node.settings, each)
    someone, begun, turns = next(own_people(0, each))[0], time.monotonic(), count()
    try:
        for size in sizes:
            while (length := _length(node)) < size:
                tell(f"{length:>9,} of {size:,} events, {time.monotonic() - begun:,.0f} s, {_most(growers)} MB")
                growers.run(next(turns))
            analyse()
            deeds, before = dict(_deeds(node, someone, tries)), _read(node)
            found = {name: _typical(deed, tries) for name, deed in deeds.items()}
            time.sleep(FLUSHED)
            for deed in deeds.values():
                deed()
            read = {table: rows - before[table] for table, rows in _read(node).items() if rows > before[table]}
            yield Moment(_length(node), found, read, _most(growers))
    finally:
        growers.close()


def grower(number: int, of_node: Settings, each: int) -> Prepare:
    """A process that takes some of its people a turn, at home and where they arrive, and forwards."""
    share_one_heap()
    node, people = Node.open(of_node), own_people(number, each)
    collect_seldom()

    def prepare(_turn: int) -> Work:
        crowd = next(people)

        def work() -> None:
            take(node, HOME, map(registered, crowd))
            take(node, TOWN, map(arrived, crowd))
            advance(node)
            if node.stuck:
                raise next(iter(node.stuck.values()))

        return work

    return prepare


def own_people(number: int, each: int) -> Iterator[Sequence[Person]]:
    """Crowds of a process, none of whom any other has: by their numbers."""
    for crowd in crowds(GROWERS * each):
        yield [person for person in crowd if int(number_of(person)[:17]) // 2 % GROWERS == number]


def _length(node: Node) -> int:
    with node.uow.look() as session:
        return session.frontier().size


def _deeds(node: Node, someone: Person, tries: int) -> Iterator[tuple[str, Callable[[], object]]]:
    clerk, number = CLERKS[HOME], number_of(someone)
    (found,) = find_person(node, clerk, "case", "resident", number)
    events = iter(streams(node, tries + 2).sealed())
    yield "append one event", lambda: node.uow.append(next(events))
    yield "find a person by document", lambda: find_person(node, clerk, "case", "resident", number)
    yield "a page of the inbox", lambda: lines(node, clerk, Which())
    yield "a person's record", lambda: sheet(node, clerk, "case", found.person)


def _typical(deed: Callable[[], object], tries: int) -> float:
    deed()
    return median(timed(deed) for _ in range(tries)) * 1000


def _read(node: Node) -> dict[str, int]:
    with node.uow.look() as session:
        return {table: int(rows) for table, rows in session.sql.execute(text(_UNINDEXED))}


def _most(growers: Writers) -> int:
    """The most megabytes that any of them ever held; whoever only looks holds less, and what it did before."""
    return max(
        int(line.split()[1]) // 1024
        for pid in growers.pids()
        for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
        if line.startswith("VmHWM:")
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.growth", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="lengths of the log at which to look")
    sizes = parser.parse_args().sizes
    folder = Path(tempfile.mkdtemp(prefix="xb-"))
    folder.chmod(0o711)  # PostgreSQL runs as another user
    server = Postgres(folder / "pg")
    node = Node.open(settings(data=folder / "data", serves=("11", "42"), database_url=server.create("growth")))
    found, owner = [], server.owner("growth")
    try:
        for moment in moments(node, sizes, partial(print, flush=True), lambda: owner.execute("ANALYZE")):
            found.append(moment)
            print(moment.events, {name: round(took, 2) for name, took in moment.deeds.items()}, moment.megabytes, "MB")
            print("rows read without an index:", moment.unindexed or "none", flush=True)
    finally:
        owner.close()
        node.close()
        server.end()
        shutil.rmtree(folder)
    DATA.parent.mkdir(exist_ok=True)
    DATA.write_text(json.dumps([msgspec.to_builtins(moment) for moment in found], indent=2) + "\n", encoding="utf-8")
    curves = {name: [(moment.events, moment.deeds[name]) for moment in found] for name in found[0].deeds}
    PLOT.write_text(drawn(curves, across="events in the log", up="milliseconds, median"), encoding="utf-8")


if __name__ == "__main__":
    main()
