"""A full disk, and PostgreSQL ended and crashed under load: 503 for a while, and nothing lost or doubled after it."""

import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from exchange.access.keys import Keys
from exchange.clock import utcnow
from exchange.demo.servers.postgres import Postgres
from exchange.http.app import create_app
from exchange.ids import new_id
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.pipeline.loop import Loop
from exchange.reconcile import checks
from exchange.settings import settings
from tests.integration.towns import BEIJING_AND_HUBEI, ZHIFANG
from tests.servers.platform import platform, readiness, settle, submissions

WRITERS, EACH = 3, 40
PATIENCE = 60.0


class Writer:
    """A town's own system, which sends every event until it is acknowledged, always under the same id."""

    def __init__(self, node: Node) -> None:
        _, key = Keys(node.uow, node.clock).issue("a key of a test", [ZHIFANG], ("clerk",))
        self._app, self._headers = create_app(node), {"Authorization": f"Bearer {key}"}
        self.statuses: Counter[int] = Counter()
        self.first: dict[str, Any] = {}

    def send(self, item: Any) -> Any:
        event = {"id": item.id, "type": item.type, "effective_on": item.day, "with": item.content}
        client: Any = self._app.test_client()
        answer = client.post("/v1/events", json=event, headers=self._headers)
        self.statuses[answer.status_code] += 1
        if answer.status_code == 503:
            assert answer.json["code"] == "unavailable", answer.text
            assert int(answer.headers["Retry-After"]) > 0
        return answer

    def sends_all(self, items: list[Any]) -> None:
        for item in items:
            end = time.monotonic() + PATIENCE
            while (answer := self.send(item)).status_code == 503:
                assert time.monotonic() < end
                time.sleep(0.05)
            self.first[item.id] = (answer.status_code, answer.json)


def registrations(count: int) -> list[Any]:
    return [msgspec.structs.replace(item, id=new_id(utcnow())) for _, item in next(submissions(count))]


def nothing_lost_or_doubled(node: Node, writer: Writer, items: list[Any]) -> None:
    """Each event stands once, and sent once more gives its first result."""
    settle(node)
    assert set(writer.statuses) <= {200, 201, 503}, writer.statuses
    for item in items:
        status, told = writer.first[item.id]
        again = writer.send(item)
        assert status in {200, 201}
        assert (again.status_code, {**again.json, "status": told["status"]}) == (200, told)
    with node.look() as session:
        stored = [event.frame.id for event in session.log(0, 10_000)]
    assert sorted(set(stored) & {item.id for item in items}) == sorted(item.id for item in items)
    assert len(stored) == len(set(stored))
    assert checks(node).equal


@contextmanager
def embedded(folder: Path, url: str) -> Iterator[Node]:
    node = Node.open(settings(data=folder / "data", serves=BEIJING_AND_HUBEI, database_url=url))
    loop = Loop(node).start()
    try:
        yield node
    finally:
        loop.stop()
        node.close()


@contextmanager
def with_a_worker(folder: Path, url: str) -> Iterator[Node]:
    with platform(folder, url) as served:
        worker = served.worker("--beat")
        yield served.node
        assert worker.end() == 0  # the same process, all the time


@pytest.mark.parametrize("forwarding", [embedded, with_a_worker])
def test_a_database_ended_and_crashed_under_load_loses_and_doubles_nothing(database, tmp_path, forwarding):
    items = registrations(WRITERS * EACH)
    with forwarding(tmp_path, database.url()) as node:
        writer = Writer(node)
        threads = [threading.Thread(target=writer.sends_all, args=(items[n::WRITERS],)) for n in range(WRITERS)]
        for thread in threads:
            thread.start()
        for way in (signal.SIGINT, signal.SIGQUIT):  # at once, and as by a failing machine
            done = len(writer.first)
            end = time.monotonic() + PATIENCE
            while len(writer.first) < done + WRITERS:
                assert time.monotonic() < end
                time.sleep(0.01)
            os.kill(database.child.pid, way)
            database.child.wait()
            assert readiness(node)[0] == 503
            database.begin()
        for thread in threads:
            thread.join()
        nothing_lost_or_doubled(node, writer, items)
        assert readiness(node) == (200, {"status": "ok"})
    assert writer.statuses[503]


class SmallFile:
    """A database file that may not grow, as on a disk that is full."""

    def __init__(self, folder: Path) -> None:
        self.node = Node.open(settings(data=folder / "data", serves=BEIJING_AND_HUBEI))
        self._driver: Any = self.node.uow._store._writer.driver  # type: ignore[attr-defined]

    def fill(self) -> None:
        self._driver.execute("PRAGMA max_page_count = 1")  # what it has it keeps

    def free(self) -> None:
        self._driver.execute("PRAGMA max_page_count = 1000000")

    def close(self) -> None:
        self.node.close()


class SmallDisk:
    """The tables of a PostgreSQL on a small file system of their own."""

    def __init__(self, folder: Path) -> None:
        with ExitStack() as ending:
            whole = Path(ending.enter_context(tempfile.TemporaryDirectory(prefix="exchange-")))
            whole.chmod(0o711)
            self._disk = whole / "disk"
            self._disk.mkdir()
            mount(self._disk)
            ending.callback(unmount, self._disk)
            server = Postgres(whole / "postgres")
            ending.callback(server.end)
            tables = self._disk / "tables"
            tables.mkdir()
            shutil.chown(tables, server.folder.owner())
            with server.owner() as owner:
                owner.execute(f"CREATE TABLESPACE small LOCATION '{tables}'")
                owner.execute("CREATE DATABASE small TABLESPACE small")
            url = server.url("small")
            self.node = Node.open(settings(data=folder / "data", serves=BEIJING_AND_HUBEI, database_url=url))
            ending.callback(self.node.close)
            self._ending = ending.pop_all()

    def fill(self) -> None:
        with (self._disk / "ballast").open("wb", buffering=0) as ballast:
            try:
                while True:
                    ballast.write(bytes(1 << 12))
            except OSError:
                return

    def free(self) -> None:
        (self._disk / "ballast").unlink()

    def close(self) -> None:
        self._ending.close()


def mount(folder: Path) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", folder], check=True, capture_output=True)


def unmount(folder: Path) -> None:
    subprocess.run(["umount", folder], check=True)


def may_mount() -> bool:
    """Whether this is a machine, or a container, in which a small disk can be made."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            mount(Path(folder))
        except (subprocess.CalledProcessError, OSError):
            return False
        subprocess.run(["umount", folder], check=True)
    return True


DISKS: list[Callable[[Path], Any]] = [SmallFile, *([SmallDisk] if may_mount() else [])]


@pytest.mark.parametrize("made", DISKS)
def test_a_full_disk_refuses_what_writes_and_answers_what_reads_until_there_is_room(tmp_path, made):
    with closing(made(tmp_path)) as disk:
        node = disk.node
        items = registrations(200)
        writer = Writer(node)
        disk.fill()
        for item in items:
            if writer.send(item).status_code == 503:
                break
        assert writer.statuses[503] == 1, writer.statuses
        assert readiness(node) == (200, {"status": "degraded", "lacking": ["room"]})
        assert checks(node).differences == ()
        disk.free()
        few = items[: items.index(item) + 2]
        writer.sends_all(few)
        advance(node)
        nothing_lost_or_doubled(node, writer, few)
        assert readiness(node) == (200, {"status": "ok"})
