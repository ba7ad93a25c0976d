"""The server setting on this machine: a real Redis, workers by the command that operators type, and a node to record.

What is played is a people that moves: everybody is registered at home, arrives in a new home, and is confirmed there.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from events.documents import resident_number
from exchange.commands.act import Item, Result
from exchange.commands.record import record
from exchange.demo.servers.child import Child
from exchange.demo.servers.ours import listener, worker
from exchange.demo.servers.redis import Redis
from exchange.http.app import create_app
from exchange.ids import derived_id
from exchange.node import Node
from exchange.pipeline.advance import anything_left
from exchange.queries.status import status
from exchange.settings import Settings, settings
from exchange.tables import cases, inbox
from tests.integration.towns import BEIJING_AND_HUBEI, DONGHUAMEN, ZHIFANG, Town, town

PATIENCE = 90.0
MANY = 1000

Meanwhile = Callable[[int], object]


def undisturbed(_done: int) -> None:
    """Nothing happens between two submissions."""


class Platform:
    """`given`: the settings that every process of it has. Without a database named, it is a file."""

    def __init__(self, folder: Path, redis: Redis, database: str = "") -> None:
        self.folder = folder
        self.redis = redis
        self.given = {
            "data": str(folder / "data"),
            "serves": ",".join(BEIJING_AND_HUBEI),
            "broker_url": redis.url,
            "database_url": database,
            "poll_seconds": "1",
        }
        self.node = Node.open(settings_of(self.given))
        self.workers: list[Child] = []
        self._numbers = count()

    def worker(self, *arguments: str) -> Child:
        """One more worker, ready; `--beat` makes it the clock too."""
        child = worker(self.folder, self.given, f"worker-{next(self._numbers)}", *arguments)
        self.workers.append(child)
        return child

    def listener(self) -> Child:
        """A worker that listens to Redis itself, ready."""
        child = listener(self.folder, self.given, f"listener-{next(self._numbers)}")
        self.workers.append(child)
        return child

    def log(self) -> str:
        """What all workers have logged."""
        return "".join(child.log.read_text(encoding="utf-8") for child in self.workers)

    def close(self) -> None:
        for child in self.workers:
            child.kill()
        self.node.close()
        self.redis.child.kill()


def settings_of(given: dict[str, str]) -> Settings:
    return settings(
        data=Path(given["data"]),
        serves=BEIJING_AND_HUBEI,
        broker_url=given["broker_url"],
        database_url=given["database_url"],
        poll_seconds=int(given["poll_seconds"]),
    )


def readiness(node: Node) -> tuple[int, dict[str, object]]:
    answer = create_app(node).test_client().get("/readyz")
    return answer.status_code, answer.get_json()


def get(url: str, *, timeout: float = PATIENCE, **more: Any) -> httpx.Response:
    """What is answered there, however busy the machine is."""
    return httpx.get(url, timeout=timeout, **more)


@contextmanager
def platform(folder: Path, database: str = "") -> Iterator[Platform]:
    made = Platform(folder, Redis(folder), database)
    try:
        yield made
    finally:
        made.close()


def settle(node: Node, patience: float = PATIENCE) -> None:
    """Wait until the workers have nothing left to do, whatever of it is no event: lag is told in these."""
    end = time.monotonic() + patience
    while anything_left(node):
        assert time.monotonic() < end, status(node)
        time.sleep(0.05)


def submissions(persons: int) -> Iterator[list[tuple[str, Item]]]:
    """Rounds of what is submitted, each item with its office. A round rests on what the round before it caused."""
    yield [
        (ZHIFANG, _item("registered", who, "person.registered", "2026-01-01", **_registered(who)))
        for who in range(persons)
    ]
    yield [
        (DONGHUAMEN, _item("arrived", who, "movement.arrived", "2026-03-01", **_arrived(who))) for who in range(persons)
    ]
    yield [
        (ZHIFANG, _item("confirmed", who, "case.confirmed", "2026-03-02", case=_opened(who))) for who in range(persons)
    ]


def play(node: Node, persons: int, settled: Callable[[], object], meanwhile: Meanwhile = undisturbed) -> None:
    """Submit everything, one at a time, under ids that are always the same."""
    done = 0
    for items in submissions(persons):
        for office, item in items:
            accepted(submit(node, office, item))
            meanwhile(done := done + 1)
        settled()


def submit(node: Node, office: str, item: Item) -> Result:
    (result,) = record(node, Town(node, office).caller, [item])
    return result


def accepted(result: Result) -> None:
    assert result.error is None, result.error


def told(node: Node) -> tuple[object, ...]:
    """What there is of everything, and how often each notice and each case stands in the same form."""
    now = status(node)
    with node.uow.look() as session:
        notices = _all(lambda cursor: inbox.some(session.sql, inbox.Which(), cursor, MANY))
        questions = _all(lambda cursor: cases.some(session.sql, cases.Which(), cursor, MANY))
    return (
        (now.events, now.pending, now.dirty, now.deliveries, now.notices, now.persons, now.open_cases),
        Counter((row.office, row.kind, row.expects_reply, row.outcome) for row in notices),
        Counter((row.office, row.asked, row.kind, row.status) for row in questions),
    )


def _all(page: Callable[[Any], Any]) -> list[Any]:
    rows: list[Any] = []
    cursor = None
    while True:
        found = page(cursor)
        rows += found.rows
        if (cursor := found.next) is None:
            return rows


def _item(what: str, who: int, type_: str, day: str, **content: Any) -> Item:
    return Item(id=derived_id(what, str(who)), type=type_, day=day, content=content)


def _person(who: int) -> dict[str, Any]:
    number = resident_number("420115", "1988-05-02", who + 1)
    return {
        "name": "王小雨",
        "born_on": "1988-05-02",
        "sex": "M" if (who + 1) % 2 else "F",
        "document.resident": {"number": number},
    }


def _registered(who: int) -> dict[str, Any]:
    return {"particulars": _person(who), "basis": "first_record", "registration": town(ZHIFANG), "address": "6 Lake"}


def _arrived(who: int) -> dict[str, Any]:
    home = town(ZHIFANG)
    return {"kind": "main", "registration": home, "origin": home, "stated": _person(who)}


def _opened(who: int) -> dict[str, Any]:
    return {"opening": [DONGHUAMEN, derived_id("arrived", str(who))], "kind": "inflow"}
