"""Many writers at once in PostgreSQL, slow ones, failing ones and several workers: nothing skipped, nothing doubled."""

import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from events.codec import SealedEvent
from events.errors import StaleVersion
from events.store.postgres import PostgresStore
from tests.contract.story import LIN, NOON, OTHER_TOWN, TOWN, PowerCut, event, fresh_id, told

WRITERS, ACTS = 10, 8


class Crew:
    """Threads that all do the same; what one of them raised is raised at the end."""

    def __init__(self) -> None:
        self.raised: list[BaseException] = []
        self.threads: list[threading.Thread] = []

    def hire(self, work: Callable[[], None]) -> None:
        def guarded() -> None:
            try:
                work()
            except BaseException as error:  # noqa: BLE001 (raised again where the test sees it)
                self.raised.append(error)

        self.threads.append(threading.Thread(target=guarded))
        self.threads[-1].start()

    def finish(self) -> None:
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()
        for error in self.raised:
            raise error


def slow_writer(store: PostgresStore, seed: int, kept: list[SealedEvent]) -> None:
    """Acts of three events that take their time with the commit; some are taken back, in whole or in part."""
    chance = random.Random(seed)
    for _ in range(ACTS):
        act = fresh_id()
        events = [event(1, person=fresh_id(), submission=act) for _ in range(3)]
        fate = chance.choice(["commit", "commit", "roll back", "savepoint"])
        try:
            with store.write() as session:
                session.append(events[:1])
                time.sleep(chance.random() * 0.05)
                if fate == "savepoint":
                    with pytest.raises(StaleVersion):
                        session.append([event(1, person=fresh_id()), event(5, person=fresh_id())])
                session.append(events[1:])
                time.sleep(chance.random() * 0.05)
                if fate == "roll back":
                    raise PowerCut  # noqa: TRY301 (the middle of a transaction)
        except PowerCut:
            continue
        kept.extend(events)


def worker(store: PostgresStore, over: threading.Event) -> None:
    """Sequences and delivers until everything is."""
    while True:
        last = over.is_set()
        with store.write() as session:
            placed = session.sequence(7, NOON)
            session.deliver([told(one) for one in placed], NOON)
        if last and not placed:
            return
        time.sleep(0.002)


def sequenced(store: PostgresStore) -> list[str]:
    """The ids of all that waited, in the order of the log."""
    found: list[str] = []
    while True:
        with store.write() as session:
            placed = session.sequence(70, NOON)
        if not placed:
            return found
        found += [frame.id for frame in placed]


def test_a_reader_skips_and_doubles_nothing_that_slow_writers_commit_late(postgres):
    kept: list[SealedEvent] = []
    over, read = threading.Event(), threading.Event()
    indexes: list[int | None] = []
    seen: list[str] = []
    positions: list[int] = []

    def follow() -> None:
        while True:
            last = read.is_set()
            with postgres.read() as session:
                found = session.log(len(indexes), 11)
                indexes.extend(one.index for one in found)
                seen.extend(one.frame.id for one in found)
                fed = session.feed(OTHER_TOWN, len(positions), 11)
                positions.extend(one.position for one in fed)
            if last and not found and not fed:
                return
            time.sleep(0.002)

    writers, workers, reader = Crew(), Crew(), Crew()
    for seed in range(WRITERS):
        writers.hire(partial(slow_writer, postgres, seed, kept))
    for _ in range(2):
        workers.hire(lambda: worker(postgres, over))
    reader.hire(follow)
    writers.finish()
    over.set()
    workers.finish()
    read.set()
    reader.finish()
    assert len(kept) > WRITERS
    assert sorted(seen) == sorted(one.frame.id for one in kept)
    assert indexes == list(range(len(kept)))
    assert positions == list(range(1, len(kept) + 1))
    with postgres.read() as session:
        logged = [one.frame.submission for one in session.log(0, 10_000)]
        assert session.pending() == 0
    assert all(logged[at] == logged[at + 1] == logged[at + 2] for at in range(0, len(logged), 3))


def test_of_many_who_append_at_one_version_one_wins(postgres):
    outcomes: list[str] = []

    def append() -> None:
        try:
            with postgres.write() as session:
                session.append([event(1)])
                time.sleep(0.02)
            outcomes.append("taken")
        except StaleVersion:
            outcomes.append("stale")

    crew = Crew()
    for _ in range(8):
        crew.hire(append)
    crew.finish()
    assert sorted(outcomes) == ["stale"] * 7 + ["taken"]
    with postgres.read() as session:
        assert len(session.events_of([LIN])) == 1


@pytest.mark.parametrize("again", [True, False])
def test_who_appends_alone_waits_for_nobody_but_whoever_writes_to_the_same_stream(postgres, again):
    """And holds up no other thread of the process meanwhile: else the first could never commit."""
    first = event(1)
    late = first if again else event(1)
    outcomes: list[str] = []

    def append() -> None:
        try:
            outcomes.append(postgres.append_alone(late).frame.id)
        except StaleVersion:
            outcomes.append("stale")

    crew = Crew()
    with postgres.write() as session:
        session.append([first])
        crew.hire(append)
        for _ in range(20):
            postgres.append_alone(event(1, person=fresh_id()))
        assert outcomes == []
    crew.finish()
    assert outcomes == ([first.frame.id] if again else ["stale"])
    with postgres.read() as session:
        assert session.head(TOWN, LIN) == 1
        assert session.pending() == 21


def test_a_writer_that_holds_out_stops_no_other_from_being_sequenced_and_is_not_skipped(postgres):
    many = [event(1, person=fresh_id()) for _ in range(300)]
    held = event(1)
    with postgres.write() as slow:
        slow.append([held])
        for one in many:
            postgres.append_alone(one)
        with ThreadPoolExecutor(1) as elsewhere:  # a thread has one transaction at a time
            placed = elsewhere.submit(sequenced, postgres).result()
        assert placed == [one.frame.id for one in many]
    assert sequenced(postgres) == [held.frame.id]
    assert sequenced(postgres) == []


def test_the_same_batch_offered_by_many_at_once_is_taken_once(postgres):
    many = [event(version) for version in range(1, 21)]
    appended: list[int] = []

    def append() -> None:
        with postgres.write() as session:
            session.append(many)
            appended.append(session.appended)

    crew = Crew()
    for _ in range(4):
        crew.hire(append)
    crew.finish()
    assert sum(appended) == len(many)
    with postgres.read() as session:
        assert [one.body for one in session.events_of([LIN])] == [one.body for one in many]
        assert session.pending() == len(many)


def test_workers_share_the_marks_and_lose_none(postgres):
    persons = [fresh_id() for _ in range(60)]
    worked: list[str] = []
    marked = threading.Event()

    def mark() -> None:
        for _ in range(5):
            for person in persons:
                with postgres.write() as session:
                    session.mark_dirty([person], NOON)
        marked.set()

    def work() -> None:
        while True:
            last = marked.is_set()
            with postgres.write() as session:
                claimed = session.claim(5)
                time.sleep(0.002)
                worked.extend(one.person for one in claimed)
                session.done(claimed)
            if last and not claimed:
                return

    crew = Crew()
    crew.hire(mark)
    for _ in range(3):
        crew.hire(work)
    crew.finish()
    assert set(worked) == set(persons)
    with postgres.read() as session:
        assert session.oldest_dirty() is None
