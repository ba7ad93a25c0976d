"""One place commits: store and tables together, and whoever works is woken afterwards."""

import pytest
import structlog.testing
from sqlalchemy import text

from events.store.errors import Unavailable
from events.store.sqlite import IN_MEMORY
from exchange.stores import sqlite_store, store_at
from exchange.unit_of_work import SqlSession, UnitOfWork
from tests.contract.story import LIN, NOON, PowerCut, event

COUNT = text("SELECT count(*) FROM cases")
INSERT = text("""
    INSERT INTO cases (office, id, opening_author, opening_id, asked, asker, kind, status, person, opened_at)
    VALUES ('o', 'i', 'a', 'e', 'o', 'p', 'inflow', 'open', 'x', 0)
""")


@pytest.fixture
def woken():
    return []


@pytest.fixture(params=["file", IN_MEMORY])
def work(request, tmp_path, woken):
    store = sqlite_store(str(tmp_path / "exchange.db") if request.param == "file" else IN_MEMORY)
    made = UnitOfWork(store, lambda: woken.append(1))
    yield made
    made.close()


def test_store_and_tables_commit_together(work):
    with work.begin() as session:
        session.append([event(1)])
        session.sql.execute(INSERT)
    with work.look() as session:
        assert len(session.events_of([LIN])) == 1
        assert session.sql.execute(COUNT).scalar() == 1


def half_done(session: SqlSession) -> None:
    session.append([event(1)])
    session.sql.execute(INSERT)
    raise PowerCut


def test_store_and_tables_are_taken_back_together(work, woken):
    with pytest.raises(PowerCut), work.begin() as session:
        half_done(session)
    with work.look() as session:
        assert session.events_of([LIN]) == ()
        assert session.sql.execute(COUNT).scalar() == 0
    assert woken == []


def test_workers_are_woken_after_an_append_and_only_then(work, woken):
    with work.begin() as session:
        session.append([event(1)])
        assert woken == []
    assert woken == [1]
    with work.begin() as session:
        session.sequence(10, NOON)
    assert woken == [1]


def test_a_repeat_wakes_nobody(work, woken):
    first = event(1)
    for _ in range(2):
        with work.begin() as session:
            session.append([first])
    assert woken == [1]


def test_a_wake_up_that_fails_takes_nothing_back(tmp_path):
    def broken() -> None:
        raise ConnectionError

    work = UnitOfWork(sqlite_store(IN_MEMORY), broken)
    with structlog.testing.capture_logs() as logs, work.begin() as session:
        session.append([event(1)])
    with work.look() as session:
        assert len(session.events_of([LIN])) == 1
    assert [entry["event"] for entry in logs] == ["wake_up_failed"]
    work.close()


@pytest.fixture
def full(database_url, tmp_path):
    """Somewhere the last write found no room."""
    made = UnitOfWork(store_at(database_url or f"sqlite:///{tmp_path}/exchange.db"))
    with pytest.raises(Unavailable), made.begin():
        raise Unavailable(rule="store.full")
    assert made.full
    yield made
    made.close()


def repeated(work: UnitOfWork) -> None:
    """Sent once more, and nothing is written: it was there before the disk was full."""
    first = event(1)
    work.full = False
    work.append(first)
    work.full = True
    work.append(first)


def looked(work: UnitOfWork) -> None:
    """As a worker does that finds nothing."""
    with work.begin() as session:
        session.sequence(10, NOON)
        session.claim(10)


def taken_back(work: UnitOfWork) -> None:
    with pytest.raises(PowerCut), work.begin() as session:
        half_done(session)


@pytest.mark.parametrize("tried", [looked, repeated, taken_back])
def test_a_disk_stays_full_whatever_succeeds_without_writing(full, tried):
    tried(full)
    assert full.full


def appended(work: UnitOfWork) -> None:
    work.append(event(1))


def wrote_a_table(work: UnitOfWork) -> None:
    with work.begin() as session:
        session.sql.execute(INSERT)


@pytest.mark.parametrize("wrote", [appended, wrote_a_table])
def test_a_write_that_succeeds_shows_that_there_is_room(full, wrote):
    wrote(full)
    assert not full.full


def test_looking_changes_nothing(work):
    with pytest.raises(Exception, match="readonly"), work.look() as session:
        session.sql.execute(INSERT)


def test_a_store_is_found_by_its_address(tmp_path):
    store = store_at(f"sqlite:///{tmp_path}/exchange.db")
    with store.read() as session:
        assert session.frontier().size == 0
    store.close()
    with pytest.raises(ValueError, match="oracle"):
        store_at("oracle://host/name")
