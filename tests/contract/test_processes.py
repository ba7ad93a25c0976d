"""Several processes on one file: whoever commits late is not passed over, and whoever dies leaves nothing half-done."""

import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from events.store.errors import Unavailable
from events.store.sqlite import SqliteSession, SqliteStore
from tests.contract.story import LIN, NOON, OTHER_TOWN, TOWN, WANG, event, fresh_id, told

ROOT = Path(__file__).resolve().parents[2]
# Appends, sequences and delivers for WANG, tells that it has, and then takes its time with the commit.
SLOW_WRITER = """
import sys, time
from events.store.sqlite import SqliteStore
from tests.contract.story import NOON, WANG, event, told

store = SqliteStore(sys.argv[1])
with store.write() as session:
    many = [event(version, person=WANG) for version in range(1, 101)]
    session.append(many)
    session.sequence(1000, NOON)
    session.deliver([told(one) for one in many], NOON)
    print("holds", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@contextmanager
def slow_writer(path: Path, seconds: float) -> Iterator[subprocess.Popen[str]]:
    """A process that has written everything and holds its transaction open."""
    command = [sys.executable, "-c", SLOW_WRITER, str(path), str(seconds)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "holds\n"
        yield writer


def one_by_one(store: SqliteStore, count: int) -> None:
    """As many commits, each with an event, its place in the log and a delivery."""
    for _ in range(count):
        one = event(1, person=fresh_id())
        with store.write() as session:
            session.append([one])
            session.sequence(10, NOON)
            session.deliver([told(one)], NOON)


class Follower(threading.Thread):
    """Reads the log and a feed as they grow, and never looks back."""

    def __init__(self, store: SqliteStore) -> None:
        super().__init__()
        self.store = store
        self.indexes: list[int | None] = []
        self.positions: list[int] = []
        self.enough = threading.Event()

    def run(self) -> None:
        while True:
            last = self.enough.is_set()
            with self.store.read() as session:
                self.indexes += [e.index for e in session.log(len(self.indexes), 37)]
                self.positions += [d.position for d in session.feed(OTHER_TOWN, len(self.positions), 37)]
                done = len(self.indexes) == session.frontier().size == len(self.positions)
            if last and done:
                return
            time.sleep(0.005)


def test_a_reader_passes_over_nobody_who_commits_late(sqlite, tmp_path):
    follower = Follower(sqlite)
    follower.start()
    one_by_one(sqlite, 50)
    with slow_writer(tmp_path / "exchange.db", 2) as writer:
        with sqlite.read() as session:
            assert session.events_of([WANG]) == ()
            assert session.frontier().size == 50
        one_by_one(sqlite, 200)
        assert writer.wait(30) == 0
    follower.enough.set()
    follower.join(30)
    assert follower.indexes == list(range(350))
    assert follower.positions == list(range(1, 351))


def test_a_writer_killed_before_its_commit_wrote_nothing(sqlite, tmp_path):
    one_by_one(sqlite, 3)
    with slow_writer(tmp_path / "exchange.db", 60) as writer:
        writer.send_signal(signal.SIGKILL)
        assert writer.wait(30) == -signal.SIGKILL
    one_by_one(sqlite, 3)
    with sqlite.read() as session:
        assert session.events_of([WANG]) == ()
        assert [e.index for e in session.log(0, 100)] == list(range(6))
        assert [d.position for d in session.feed(OTHER_TOWN, 0, 100)] == list(range(1, 7))
        assert session.driver.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_who_waits_too_long_is_told_so(sqlite, tmp_path):
    hasty = SqliteStore(tmp_path / "exchange.db", wait=0.2)
    with sqlite.write() as session:
        session.append([event(1)])
        with pytest.raises(Unavailable) as refused, hasty.write():
            pass
    assert (refused.value.rule, refused.value.status) == ("store.busy", 503)
    with hasty.read() as session:
        assert session.head(TOWN, LIN) == 1
    hasty.close()


def test_threads_take_turns(sqlite):
    threads = [threading.Thread(target=one_by_one, args=(sqlite, 25)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with sqlite.read() as session:
        assert [e.index for e in session.log(0, 1000)] == list(range(100))
        assert [d.position for d in session.feed(OTHER_TOWN, 0, 1000)] == list(range(1, 101))


def test_a_transaction_inside_another_is_a_mistake(sqlite):
    with sqlite.write(), pytest.raises(RuntimeError), sqlite.write():
        pass


def test_a_full_disk_changes_nothing_and_says_so(sqlite):
    one_by_one(sqlite, 1)
    with sqlite.write() as session:
        pages = session.driver.execute("PRAGMA page_count").fetchone()[0]
        session.driver.execute(f"PRAGMA max_page_count = {pages}")
    many = [event(1, person=fresh_id(), address="路" * 250) for _ in range(500)]
    with pytest.raises(Unavailable) as refused, sqlite.write() as session:
        session.append(many)
    assert refused.value.rule == "store.full"
    with sqlite.write() as session:
        assert session.frontier().size == 1
        assert session.pending() == 0
        session.driver.execute("PRAGMA max_page_count = 1000000")
    one_by_one(sqlite, 1)


NO_ROOM = """
import resource, sys
from events.store.errors import Unavailable
from events.store.sqlite import SqliteStore

resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))  # as where the disk has no room left
try:
    SqliteStore(sys.argv[1])
except Unavailable as error:
    print(error.rule)
"""


def test_a_disk_too_full_to_open_the_file_is_told_as_a_full_one(sqlite, tmp_path):
    one_by_one(sqlite, 1)
    sqlite.close()
    command = [sys.executable, "-c", NO_ROOM, str(tmp_path / "exchange.db")]
    told = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    assert told.stdout == "store.full\n"


def test_a_file_that_is_no_database_is_lost(tmp_path):
    broken = tmp_path / "exchange.db"
    broken.write_bytes(b"not a database" * 1000)
    with pytest.raises(Unavailable) as refused:
        SqliteStore(broken)
    assert refused.value.rule == "store.lost"


class Interrupting:
    """A value that cannot be given to the driver, for somebody presses Ctrl-C in that very moment."""

    def __conform__(self, _protocol: object) -> object:
        raise KeyboardInterrupt


def interrupted(session: SqliteSession) -> None:
    session.append([event(1)])
    session.sql.exec_driver_sql("SELECT ?", (Interrupting(),))


def test_ctrl_c_in_a_statement_ends_as_such_and_takes_everything_back(sqlite):
    with pytest.raises(KeyboardInterrupt), sqlite.write() as session:
        interrupted(session)
    with sqlite.write() as session:
        assert session.pending() == 0
        session.append([event(1)])


def test_a_reader_cannot_write(sqlite):
    with pytest.raises(Exception, match="readonly"), sqlite.read() as session:
        session.append([event(1)])
    one_by_one(sqlite, 1)
