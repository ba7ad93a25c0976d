"""`make bench`: measures, prints a table, writes build/bench.json."""

import argparse
import os
import platform
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from exchange.collecting import collect_seldom
from tests.bench import appending, forwarding, replaying, serving
from tests.bench.figures import Figure, Size, table, write
from tests.bench.servers import setting

FILE = Path(__file__).resolve().parents[2] / "build" / "bench.json"


def measured(folder: Path, size: Size) -> Iterator[Figure]:
    """Every figure of the embedded setting, then of the server setting, one after the other."""
    for subject in (appending, forwarding, serving, replaying):
        yield from subject.figures(folder, size)
    yield from setting.figures(size)


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--events", type=int, default=Size().events, help="events in a round")
    parser.add_argument("--rounds", type=int, default=Size().rounds, help="rounds, of which the median counts")
    parser.add_argument("--batch", type=int, default=Size().batch, help="events in one commit of the batch")
    parser.add_argument("--writers", type=int, nargs="+", default=Size().writers, help="writers at once, tried in turn")
    parser.add_argument("--no-message-db", action="store_true", help="leave out the peer that comes by npm")
    parser.add_argument("--out", type=Path, default=FILE, help="the file to write")
    given = parser.parse_args(arguments)
    size = Size(events=given.events, rounds=given.rounds, batch=given.batch, writers=tuple(given.writers))
    collect_seldom()  # as the serving processes do
    with tempfile.TemporaryDirectory() as folder:
        figures = list(measured(Path(folder), size))
    write(figures, given.out)
    load = os.getloadavg()[0]
    print("those with writers, workers or clients, and the time to views, are on PostgreSQL; all survive power loss")
    print(f"embedded: SQLite {sqlite3.sqlite_version}, WAL, synchronous FULL; Python {platform.python_version()}")
    print(f"{os.cpu_count()} cores, load {load:.1f}; medians of {size.rounds} rounds of {size.events} events")
    print(table(figures))


if __name__ == "__main__":
    main(sys.argv[1:])
