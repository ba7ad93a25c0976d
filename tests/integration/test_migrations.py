"""The schema is made by steps that only go forward, and is the one that the code speaks of."""

import importlib
import pkgutil
import random
import runpy
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import msgspec
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, PrimaryKeyConstraint, UniqueConstraint, create_engine, text

import exchange.tables
from events.codec import sealed_event
from events.store import sqlite
from events.store.sql import schema as store_schema
from events.store.sql.events import columns_of
from exchange.access.keys_table import metadata as keys_metadata
from exchange.migrations import current, steps, upgrade, upgrade_on
from exchange.stores import sqlite_store, store_at
from exchange.tables import cases, inbox, records
from exchange.tables.schema import metadata as tables_metadata
from tests.contract.story import LIN, NOON, OTHER_TOWN, TOWN, WANG, event, frame
from tests.databases import database
from tests.embedded import IN_EARNEST


def schema_of(path: Path) -> list[tuple[str, str, str]]:
    """Every table, index and trigger of a database, as it was written."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY 1, 2")
        return rows.fetchall()


def held(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """What stands in each table."""
    with closing(sqlite3.connect(path)) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables}


def spoken_of() -> MetaData:
    """Every table that the code has."""
    for module in pkgutil.iter_modules(exchange.tables.__path__):
        importlib.import_module(f"exchange.tables.{module.name}")
    together = MetaData()
    for part in (store_schema.metadata, tables_metadata, keys_metadata):
        for table in part.tables.values():
            table.to_metadata(together)
    return together


@pytest.fixture
def path(tmp_path):
    return tmp_path / "exchange.db"


@pytest.fixture
def url(path):
    return f"sqlite:///{path}"


def test_an_empty_database_comes_to_the_newest_step(url):
    upgrade(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        assert current(connection) == steps()[-1]
    engine.dispose()


def test_upgrading_again_changes_nothing(url, path):
    upgrade(url)
    before = schema_of(path)
    upgrade(url)
    assert schema_of(path) == before


def test_step_by_step_comes_to_the_same(path, url, tmp_path):
    upgrade(url)
    for step in steps():
        upgrade(f"sqlite:///{tmp_path}/slowly.db", step)
    assert schema_of(tmp_path / "slowly.db") == schema_of(path)


def test_a_file_that_a_store_makes_is_the_same_by_the_steps_and_in_the_short_way_of_the_tests(
    url, path, tmp_path, monkeypatch
):
    upgrade(url)
    sqlite_store(f"{tmp_path}/short.db").close()
    monkeypatch.setattr("exchange.stores.upgrade_on", upgrade_on)
    sqlite_store(f"{tmp_path}/steps.db").close()
    assert held(tmp_path / "short.db") == held(tmp_path / "steps.db") == held(path)
    assert schema_of(tmp_path / "short.db") == schema_of(tmp_path / "steps.db") == schema_of(path)


def test_a_commit_to_a_file_survives_the_loss_of_power(path, monkeypatch):
    monkeypatch.setattr(sqlite, "_PRAGMAS", IN_EARNEST)
    with closing(sqlite_store(str(path))) as store, store.write() as session, store.read() as other:
        for driver in (session.driver, other.driver):
            assert driver.execute("PRAGMA synchronous").fetchone() == (2,)
            assert driver.execute("PRAGMA journal_mode").fetchone() == ("wal",)


@pytest.mark.parametrize("step", steps()[:-1])
def test_what_was_stored_at_an_earlier_step_is_kept(url, path, step):
    upgrade(url, step)
    first = event(1)
    store = sqlite_store(str(path))
    with store.write() as session:
        session.append([first])
        session.sequence(10, NOON)
    store.close()
    upgrade(url)
    store = sqlite_store(str(path))
    with store.read() as session:
        assert [e.body for e in session.events_of([LIN])] == [first.body]
    store.close()


def test_the_schema_is_the_one_that_the_code_speaks_of(url):
    upgrade(url)
    engine = create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, spoken_of()) == []
    engine.dispose()


def test_in_postgres_too_the_schema_is_the_one_that_the_code_speaks_of(server):
    with database(server) as address:
        engine = create_engine(address)
        with engine.connect() as connection:
            context = MigrationContext.configure(connection, opts={"compare_type": True})
            assert compare_metadata(context, spoken_of()) == []
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgres"])
def empty(request, url):
    """The address of an empty database."""
    if request.param == "sqlite":
        yield url
        return
    with database(request.getfixturevalue("server"), "template1") as address:
        yield address


def test_whoever_was_marked_at_an_earlier_step_is_marked_still(empty):
    upgrade(empty, "0004")
    engine = create_engine(empty)
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO dirty (person, since, marks) VALUES ('{LIN}', 7, 2), ('{WANG}', 5, 1)"))
    engine.dispose()
    store = store_at(empty)
    with store.write() as session:
        assert [one.person for one in session.claim(9)] == [WANG, LIN]
    store.close()


def test_for_whom_something_ends_on_a_day_is_settled_anew_and_nobody_else(empty):
    upgrade(empty, "0008")
    protected = msgspec.structs.replace(frame(1, person=WANG), facts={"until": "2026-12-31"})
    names = ("author", "id", "kind", "subject", "version", "submission", "body", "sealed")
    rows = [dict(zip(names, columns_of(e), strict=True)) for e in (event(1), sealed_event(protected, {}, None))]
    engine = create_engine(empty)
    with engine.begin() as connection:
        connection.execute(store_schema.events.insert(), rows)
    engine.dispose()
    store = store_at(empty)
    with store.write() as session:
        assert [one.person for one in session.claim(9)] == [WANG]
    store.close()


def test_cases_of_an_earlier_step_come_in_the_order_of_their_days(empty):
    upgrade(empty, "0008")
    columns = "office, id, opening_author, opening_id, asked, asker, kind, status, person, due_on, opened_at"
    row = f"'{TOWN}', '%s', '{TOWN}', 'e', '{TOWN}', '{TOWN}', 'inflow', 'open', '{LIN}', %s, 0"
    days = {"late": "'2026-12-05'", "none": "NULL", "soon": "'2026-12-01'"}
    engine = create_engine(empty)
    with engine.begin() as connection:
        for id_, day in days.items():
            connection.execute(text(f"INSERT INTO cases ({columns}) VALUES ({row % (id_, day)})"))
    engine.dispose()
    store = store_at(empty)
    with store.read() as session:
        assert [case.id for case in cases.some(session.sql, cases.Which(area=TOWN)).rows] == ["soon", "late", "none"]
    store.close()


def test_a_notice_of_an_earlier_step_says_who_told_it(empty):
    upgrade(empty, "0012")
    told = {"author": OTHER_TOWN, "id": "e1", "teller": OTHER_TOWN, "recipient": TOWN, "revision": 0, "position": 4}
    more = {"person": LIN, "parts": "", "ground": "", "asked": "", "at": 0}
    shown = "office, person, act, kind, expects_reply, position, at"
    engine = create_engine(empty)
    with engine.begin() as connection:
        connection.execute(store_schema.deliveries.insert(), {**told, **more})
        for person, position in ((LIN, 4), (WANG, -7)):
            row = f"'{TOWN}', '{person}', 'a', 'inflow', TRUE, {position}, {position + 9}"
            connection.execute(text(f"INSERT INTO inbox ({shown}) VALUES ({row})"))
    engine.dispose()
    store = store_at(empty)
    with store.read() as session:
        assert [row.teller for row in inbox.some(session.sql, inbox.Which(area=TOWN)).rows] == [OTHER_TOWN, ""]
    store.close()


def test_an_act_that_waited_at_an_earlier_step_is_sequenced_whole(empty):
    upgrade(empty, "0017")
    first = event(1)
    act = [first, event(2, submission=first.frame.id)]
    names = ("author", "id", "kind", "subject", "version", "submission", "body", "sealed")
    rows = [{**dict(zip(names, columns_of(e), strict=True)), "submission": first.frame.id} for e in act]
    engine = create_engine(empty)
    with engine.begin() as connection:
        connection.execute(store_schema.events.insert(), rows)
        if connection.dialect.name == "postgresql":  # in a file a trigger does it
            marks = [{name: row[name] for name in ("author", "id", "submission")} for row in rows]
            connection.execute(store_schema.pending.insert(), marks)
    engine.dispose()
    store = store_at(empty)
    with store.write() as session:
        assert len(session.sequence(1, NOON)) == 2
    store.close()


def test_many_processes_may_bring_one_database_up_to_date_at_once(server):
    with database(server, "template1") as address, ThreadPoolExecutor(4) as pool:
        for store in pool.map(store_at, [address] * 4):
            with store.read() as session:
                assert current(session.sql) == steps()[-1]
            store.close()


def test_a_table_that_no_step_makes_is_found(url):
    upgrade(url, steps()[0])
    engine = create_engine(url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), spoken_of())
    engine.dispose()
    assert "add_table" in {difference[0] for difference in differences}


def test_every_unique_key_of_events_holds_the_author():
    unique = [
        key for key in store_schema.events.constraints if isinstance(key, PrimaryKeyConstraint | UniqueConstraint)
    ]
    assert len(unique) == 2
    assert [key.name for key in unique if "author" not in key.columns] == []


def test_each_step_says_when_it_runs_and_has_no_way_back():
    assert list(steps()) == sorted(steps())
    files = sorted((Path(exchange.migrations.__path__[0]) / "versions").glob("*.py"))
    found = [runpy.run_path(str(file)) for file in files]
    assert [step["revision"] for step in found] == list(steps())
    assert [step["down_revision"] for step in found] == [None, *steps()[:-1]]
    assert {step["WHEN"] for step in found} <= {"before", "after"}
    assert not [step for step in found if "downgrade" in step]


def test_a_sealed_record_stands_in_its_row_and_nowhere_beside(server):
    """In PostgreSQL, which moves what is longer than two kilobytes elsewhere, in pieces, unless told not to."""
    beside = "SELECT pg_relation_size(reltoastrelid) FROM pg_class WHERE oid = 'records'::regclass"
    row = records.RecordRow(
        office=TOWN, person=LIN, survivor=LIN, state="open", version=1, sealed=random.randbytes(2_300), digest=b""
    )
    with database(server) as url:
        store = store_at(url)
        with store.write() as session:
            records.replace(session.sql, [LIN], [row])
        with store.read() as session:
            assert (session.sql.execute(text(beside)).scalar_one(), records.one(session.sql, TOWN, LIN)) == (0, row)
        store.close()
