"""What was equal and has not changed by a byte is not derived again; whatever is done to any row, the checks see it."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

import pytest
from msgspec import json

from exchange.commands.acknowledge import acknowledge
from exchange.node import Node
from exchange.reconcile import Checked, checks, everywhere, known, report, stepwise
from exchange.reconcile.known import Known, Proved
from exchange.settings import settings
from exchange.unit_of_work import SqlSession
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, opened, woman

TABLES = ("events", "log", "deliveries", "books", "records", "keys", "cases", "inbox", "acknowledgements")
ABOUT = {
    "events": "kind = 'person'",
    "log": "id IN (SELECT id FROM events WHERE kind = 'person')",
    "acknowledgements": "1",
}
SOMEBODY = "00000000-0000-4000-8000-000000000001"
ABOUT_PERSON = "person IN (SELECT person FROM proofs)"
# Of moments only the order is compared: a millisecond later may be before the next one, or behind it.
ONLY_ORDER = {("log", "at"), ("deliveries", "at")}
SHOWN_NOWHERE = {("acknowledgements", "actor")}
NUMBERS = {("log", "index"), ("log_head", "id")}  # which alone SQLite lets nobody write text into


@pytest.fixture(scope="module")
def node(tmp_path_factory) -> Iterator[Node]:
    """Two women who moved and were confirmed; checked, proved, and open to whoever holds the file."""
    node = opened(tmp_path_factory.mktemp("node"))
    home, new_home = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    for number in (1, 2):
        home.registers(woman(number))
        new_home.sees_arrive(woman(number), ZHIFANG)
        home.answers("case.confirmed", next(c.id for c in home.cases() if c.status == "open"))
    acknowledge(node, home.caller, [entry.position for entry in home.inbox()][:1])
    assert stepwise(node).equal
    with closing(sqlite3.connect(node.settings.database)) as driver:
        for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            driver.execute(f"DROP TRIGGER {name}")
        driver.commit()
    yield node
    node.close()


@pytest.fixture
def derived(monkeypatch) -> list[str]:
    """The persons of whom everything is derived again."""
    persons: list[str] = []
    really = Known.nothing_wrong

    def told(self: Known, session: SqlSession, dossiers: Sequence[Proved]) -> None:
        persons.extend(person for one in dossiers for person in one.ids)
        really(self, session, dossiers)

    monkeypatch.setattr(Known, "nothing_wrong", told)
    return persons


def proofs(node: Node) -> dict[str, tuple[bytes, str]]:
    with node.uow.look() as session:
        return {row[0]: (row[1], row[2]) for row in session.sql.exec_driver_sql("SELECT * FROM proofs")}


def seen(found: Checked) -> tuple[Any, ...]:
    return found.differences, found.pairs, found.persons, found.waiting, found.checks


def test_what_is_proved_is_not_derived_again_unless_all_of_it_is_asked_for(node, derived):
    assert len(proofs(node)) == 2
    first = checks(node)
    assert (first.pairs, first.persons, derived) == ({"equal": 2}, 2, [])
    assert seen(checks(node, trusted=False)) == seen(first)
    assert sorted(derived) == sorted(proofs(node))


def altered(value: Any) -> Any:
    """Something of the same kind."""
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1])
    return value + 1000 if isinstance(value, int) else f"{value or ''}x"


@contextmanager
def without(node: Node, table: str, column: str | None = None) -> Iterator[None]:
    """A row about one of those who were proved, with a column altered, or gone; afterwards as it was."""
    with closing(sqlite3.connect(node.settings.database, isolation_level=None)) as driver:
        driver.row_factory = sqlite3.Row
        row = dict(driver.execute(f"SELECT * FROM {table} WHERE {ABOUT.get(table, ABOUT_PERSON)} LIMIT 1").fetchone())
        new = row if column is None else {**row, column: altered(row[column])}
        its, theirs = (" AND ".join(f'"{name}" IS :{name}' for name in each) for each in (row, new))
        values = ", ".join(f":{name}" for name in row)
        driver.execute(f"DELETE FROM {table} WHERE {its}", row)
        if column is not None:
            driver.execute(f"INSERT INTO {table} VALUES ({values})", new)
        yield
        driver.execute(f"DELETE FROM {table} WHERE {theirs}", new)
        driver.execute(f"INSERT INTO {table} VALUES ({values})", row)


@pytest.mark.parametrize("table", TABLES)
def test_whatever_is_altered_in_a_row_is_found_as_if_nothing_had_been_proved(node, table):
    with node.uow.look() as session:
        columns = [row[1] for row in session.sql.exec_driver_sql(f"PRAGMA table_info({table})")]
    for column in columns:
        with without(node, table, column):
            trusting, full = checks(node), checks(node, trusted=False)
            assert seen(trusting) == seen(full), column
            assert not full.equal or (table, column) in ONLY_ORDER | SHOWN_NOWHERE, column
    assert checks(node).equal


@pytest.mark.parametrize("table", TABLES)
def test_a_row_that_is_gone_is_found_as_if_nothing_had_been_proved(node, table):
    with without(node, table):
        trusting, full = checks(node), checks(node, trusted=False)
        assert seen(trusting) == seen(full)
        assert not trusting.equal
    assert checks(node).equal


OF_ALL = {"log_head", "feed_heads", "tiles"}
NO_TEXT = b"\xff\xfe"  # written as text, which SQLite takes


@contextmanager
def holding(node: Node, table: str, column: str, value: object) -> Iterator[None]:
    """Such a value in a column of a row about one of those who were proved; afterwards as it was."""
    about = "1" if table in OF_ALL else ABOUT.get(table, ABOUT_PERSON)
    order = "ORDER BY revision DESC" if table == "deliveries" else ""
    with closing(sqlite3.connect(node.settings.database, isolation_level=None)) as driver:
        query = f'SELECT rowid, "{column}" FROM {table} WHERE {about} {order} LIMIT 1'
        row, before = driver.execute(query).fetchone()
        change = f'UPDATE {table} SET "{column}" = {{}} WHERE rowid = ?'
        driver.execute(change.format("CAST(? AS TEXT)" if value is NO_TEXT else "?"), (value, row))
        yield
        driver.execute(change.format("?"), (before, row))


@pytest.mark.parametrize("table", [*TABLES, *sorted(OF_ALL)])
def test_what_a_column_cannot_hold_is_named_and_everybody_else_is_checked(node, table):
    with node.uow.look() as session:
        columns = [row[1] for row in session.sql.exec_driver_sql(f"PRAGMA table_info({table})")]
    for column in columns:
        if (table, column) in SHOWN_NOWHERE | NUMBERS:
            continue
        for value in ("x", b"\xff", NO_TEXT):
            with holding(node, table, column, value):
                found, whole = checks(node), everywhere(node, trusted=False).checked
            assert seen(found) == seen(whole), (column, value)
            assert found.differences, (column, value)
            assert found.persons >= 1, (column, value)
            concerned = {each.person for each in found.differences}.intersection(proofs(node))
            assert len(concerned) <= 1 or table in OF_ALL, (column, value)
            json.encode(found)
    assert checks(node).equal


def test_nobody_without_the_key_can_prove_anything(node, derived):
    kept = sorted(proofs(node))
    forged = (
        "UPDATE proofs SET pairs = 'asked'",
        f"UPDATE proofs SET proof = (SELECT proof FROM proofs p WHERE p.person = '{kept[0]}')",
        "UPDATE proofs SET proof = zeroblob(32)",
    )
    for statement in forged:
        with closing(sqlite3.connect(node.settings.database)) as driver:
            before = driver.execute("SELECT * FROM proofs").fetchall()
            driver.execute(statement)
            driver.commit()
            found = checks(node)
            driver.execute("DELETE FROM proofs")
            driver.executemany("INSERT INTO proofs VALUES (?, ?, ?, ?)", before)
            driver.commit()
        assert (found.pairs, set(derived) - {kept[0]}) == ({"equal": 2}, {kept[1]}), statement
        derived.clear()


def test_what_an_old_state_proved_says_nothing_of_a_row_that_is_put_back_beside_newer_ones(tmp_path):
    node = opened(tmp_path)
    home, new_home = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    home.registers(woman(1))
    her = str(new_home.sees_arrive(woman(1), ZHIFANG).person)
    stepwise(node)
    with closing(sqlite3.connect(node.settings.database, isolation_level=None)) as driver:
        old = driver.execute("SELECT * FROM records WHERE office = ?", (ZHIFANG,)).fetchone()
        home.answers("case.confirmed", home.cases()[0].id)
        assert stepwise(node).equal
        driver.execute("DELETE FROM records WHERE office = ?", (ZHIFANG,))
        driver.execute(f"INSERT INTO records VALUES ({', '.join('?' for _ in old)})", old)
    assert {(each.check, each.office, each.person) for each in checks(node).differences} == {("view", ZHIFANG, her)}
    node.close()


def test_another_version_of_the_code_or_another_list_of_offices_proves_nothing(node, derived, monkeypatch):
    monkeypatch.setattr(known, "code", lambda: b"another version")
    checks(node)
    assert sorted(derived) == sorted(proofs(node))
    monkeypatch.undo()
    twin = Node.open(settings(data=node.settings.data, serves=("11",)))
    try:
        assert checks(twin).persons == 2
        assert checks(twin).pairs != {"equal": 2}, "of whom it does not serve it compares nothing"
    finally:
        twin.close()


@pytest.fixture
def married(tmp_path) -> Iterator[tuple[Node, str, str]]:
    """A node that was checked; a woman; and her husband, in whose dossier stands that he is tied to her."""
    node = opened(tmp_path)
    home, new_home = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    her, him = home.registers(woman(1)).person, new_home.registers({"name": "周文", "sex": "M"}).person
    wed = {"tie": "spouse", "ground": "marriage"}
    home.records("tie.began", "2021-05-20", {**wed, "other": {"at": DONGHUAMEN, "stated": {"name": "周文"}}}, her)
    new_home.answers("case.confirmed", str(new_home.notice("family").case))
    new_home.records("tie.began", "2021-05-20", {**wed, "other": {"person": her}}, him)
    assert stepwise(node).equal
    yield node, str(her), str(him)
    node.close()


def test_who_is_tied_to_others_is_proved_with_how_these_stood(married, derived):
    node, her, him = married
    with node.uow.look() as session:
        query = "SELECT person, relatives FROM proofs"
        assert {tuple(row) for row in session.sql.exec_driver_sql(query)} == {(her, ""), (him, her)}
    derived.clear()
    first = checks(node)
    assert (first.equal, derived) == (True, [])
    assert seen(checks(node, trusted=False)) == seen(first)


@pytest.mark.parametrize("table", ["events", "log", "deliveries", "keys", "dossiers"])
def test_whatever_changes_about_whom_somebody_is_tied_to_is_derived_again(married, derived, table):
    node, her, him = married
    change = {
        "events": f"DELETE FROM events WHERE subject = '{her}' AND version > 1",
        "log": f"DELETE FROM log WHERE id IN (SELECT id FROM events WHERE subject = '{her}' AND version > 1)",
        "deliveries": f"DELETE FROM deliveries WHERE person = '{her}'",
        "keys": f"UPDATE keys SET wrapped = zeroblob(40) WHERE person = '{her}'",
        "dossiers": f"INSERT INTO dossiers VALUES ('{her}', '{SOMEBODY}'), ('{SOMEBODY}', '{SOMEBODY}')",
    }[table]
    with closing(sqlite3.connect(node.settings.database)) as driver:
        for (name,) in driver.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            driver.execute(f"DROP TRIGGER {name}")
        assert driver.execute(change).rowcount
        driver.commit()
    derived.clear()
    trusting = checks(node, [him])
    assert derived == [him]
    assert seen(trusting) == seen(checks(node, [him], trusted=False))


def test_what_she_does_is_a_change_to_him_whose_office_may_be_due_it(married, derived):
    node, her, him = married
    derived.clear()
    Town(node, ZHIFANG).records("person.protected", "2026-03-02", {"ground": "threat", "until": "2026-06-30"}, her)
    assert checks(node).equal
    assert sorted(derived) == sorted([her, him])


def test_whose_relatives_are_left_out_of_a_proof_has_none(married, derived):
    node, _, him = married
    with closing(sqlite3.connect(node.settings.database)) as driver:
        driver.execute("UPDATE proofs SET relatives = ''")
        driver.commit()
    derived.clear()
    checks(node)
    assert derived == [him]


def test_the_proofs_are_kept_and_known_again_in_each_database(tmp_path, database_url, derived):
    node = opened(tmp_path, database_url=database_url)
    Town(node, ZHIFANG).registers(woman(1))
    first = stepwise(node)
    assert len(derived) == 1
    assert seen(report(node)) == seen(first)
    assert len(derived) == 1
    node.close()
