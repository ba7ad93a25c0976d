"""The demo's year in the server setting: a real broker, web processes and workers, each a process of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import date

import httpx
import msgspec

from exchange.demo.clock import SharedSetClock
from exchange.demo.servers import ours
from exchange.demo.servers.child import Child, NotReady, free_port
from exchange.demo.servers.postgres import Postgres
from exchange.demo.servers.redis import Redis
from exchange.demo.stage import Stage, opened
from exchange.node import Node
from exchange.own_folder import own_folder
from exchange.settings import Settings
from exchange.wake import Nobody

PATIENCE = 120.0  # seconds that workers have for what was recorded on one day
CLOCK_FILE = "clock.json"


@contextmanager
def in_processes(served: Settings, first_day: date) -> Iterator[Stage]:
    """PostgreSQL, Redis, two web processes and two workers, with this process as their client, which ends them."""
    served.data.mkdir(parents=True, exist_ok=True)
    clock = SharedSetClock(served.data / CLOCK_FILE)
    clock.begin(first_day)
    with ExitStack() as ending:
        database = _database(ending)
        redis = Redis(served.data)
        ending.callback(redis.end)
        told = msgspec.structs.replace(
            served, broker_url=redis.url, database_url=database.url(), demo_clock=served.data / CLOCK_FILE
        )
        node = ending.enter_context(opened(told, clock))
        node.hear(Nobody())  # this process records nothing but keys
        given, port = settings_for_processes(told), free_port()
        for child in _ours(told, given, port):
            ending.callback(child.end)
        http = ending.enter_context(httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60))
        yield Stage(node, http, clock.begin, lambda: forwarded(node))


def settings_for_processes(served: Settings) -> dict[str, str]:
    """What the environment of each process says."""
    return {
        "data": str(served.data),
        "serves": ",".join(served.serves),
        "broker_url": served.broker_url,
        "database_url": served.database_url,
        "demo": "1",
        "demo_clock": str(served.demo_clock),
        "poll_seconds": "1",
    }


def _database(ending: ExitStack) -> Postgres:
    # Beside the data folder, which no other account may enter: PostgreSQL is another one where we are root.
    folder = ending.enter_context(own_folder("exchange-"))
    folder.chmod(0o711)
    database = Postgres(folder / "postgres")
    ending.callback(database.end)
    return database


def _ours(served: Settings, given: dict[str, str], port: int) -> Iterator[Child]:
    yield ours.web(served.data, given, port)
    yield ours.worker(served.data, given, "worker-1", "--concurrency", "1", "--beat")
    yield ours.worker(served.data, given, "worker-2", "--concurrency", "1")


def forwarded(node: Node, patience: float = PATIENCE) -> None:
    """Wait until workers have left nothing. Raises NotReady where they are too slow or dead."""
    end = time.monotonic() + patience
    while True:
        with node.uow.look() as session:
            if not session.pending() and session.oldest_dirty() is None:
                return
        if time.monotonic() > end:
            raise NotReady(field="workers", rule="server.not_forwarded", seconds=int(patience))
        time.sleep(0.01)
