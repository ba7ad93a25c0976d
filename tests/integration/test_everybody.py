"""Everybody is gone through, whatever else whoever has the file wrote where ids stand."""

import sqlite3
from contextlib import closing

import pytest

from exchange.cli.progress import persons_of
from exchange.everybody import everybody
from tests.integration.towns import ZHIFANG, Town, opened, woman


@pytest.mark.parametrize("how_many", [1, 5], ids=["a page holds", "more than a page holds"])
def test_ids_that_are_no_text_hide_nobody_who_follows(tmp_path, how_many):
    with closing(opened(tmp_path)) as node, closing(sqlite3.connect(node.settings.database)) as driver:
        home = Town(node, ZHIFANG)
        home.forwards = False  # so that nothing but their events names them
        persons = sorted(str(home.registers(woman(number)).person) for number in (1, 2, 3))
        columns = [row[1] for row in driver.execute("PRAGMA table_info(events)")]
        kept = ", ".join("CAST(? AS TEXT)" if name in {"subject", "id"} else name for name in columns)
        for number in range(how_many):
            nobody = b"!\xff%d" % number  # which stands before everybody
            driver.execute(
                f"INSERT INTO events SELECT {kept} FROM events WHERE kind = 'person' LIMIT 1", (nobody, nobody)
            )
        last = {"office": ZHIFANG, "person": persons[-1]}  # who stands in another table, too, behind the others
        columns = [row[1] for row in driver.execute("PRAGMA table_info(inbox)")]
        given = [last.get(name, 1) for name in columns]
        driver.execute(f"INSERT INTO inbox VALUES ({', '.join('?' * len(columns))})", given)
        driver.commit()
        with node.uow.look() as session:
            assert [each for page in everybody(session, 2) for each in page] == persons


@pytest.mark.parametrize(("seen", "count"), [(True, 2), (False, None)])
def test_whoever_waits_at_a_terminal_sees_of_how_many_it_is(home, new_home, monkeypatch, seen, count):
    home.registers(woman())
    home.registers(woman(4))
    new_home.sees_arrive(woman(), home.code)
    monkeypatch.setattr("sys.stderr.isatty", lambda: seen)
    assert persons_of(home.node) == count
