"""What a page or a sweep reads is found by an index that does not grow with what is over: the database says how."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, event, text

from events.store.contract import COUNTED
from exchange.protocol.comparing.equal import KINDS
from exchange.protocol.record import ASKED, OPEN
from exchange.queries.lag import lag
from exchange.stores import store_at
from exchange.tables import cases, inbox, records
from exchange.tables.schema import IS_OPEN
from tests.contract.story import LIN, OTHER_TOWN, TOWN, later
from tests.databases import database
from tests.integration.test_tables import case, notice, record

OVER, WAITING = 3_000, 40


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def address(request, tmp_path_factory) -> Iterator[str]:
    """A database on which nearly everything is over, at two offices."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('plans')}/exchange.db"
        fill(url)
        yield url
        return
    with database(request.getfixturevalue("server")) as url:
        fill(url)
        yield url


@pytest.fixture
def sql(address) -> Iterator[Connection]:
    store = store_at(address)
    with store.read() as session:
        yield session.sql
    store.close()


def fill(url: str) -> None:
    store = store_at(url)
    with store.write() as session:
        for office in (TOWN, OTHER_TOWN):
            name = office[-6:]
            cases.replace(session.sql, [name], [*closed_cases(office), *open_cases(office)])
            inbox.replace(session.sql, [name], notices(office))
            people = [f"{name}-{n}" for n in range(OVER)]
            known = [record(office, person) for person in people]
            records.replace(
                session.sql, people, [record(office, "p", review_on="2026-03-01", protected_until="2026-03-01"), *known]
            )
    store.close()
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()


def closed_cases(office: str) -> list[cases.CaseRow]:
    return [case(f"over{n}", office, status="confirmed", due_on="2026-01-01", person=office[-6:]) for n in range(OVER)]


def open_cases(office: str) -> list[cases.CaseRow]:
    return [case(f"open{n}", office, due_on="2026-12-01", person=office[-6:]) for n in range(WAITING)]


def notices(office: str) -> list[inbox.InboxRow]:
    old = [notice(n, office, outcome="told", acknowledged=later(1), person=office[-6:]) for n in range(OVER)]
    return [*old, *(notice(OVER + n, office, person=office[-6:]) for n in range(WAITING))]


def plan(sql: Connection, ask: Callable[[Connection], object]) -> str:
    """How the database answers what is asked."""
    asked: list[tuple[str, Any]] = []

    def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(sql, "before_cursor_execute", hear)
    ask(sql)
    event.remove(sql, "before_cursor_execute", hear)
    explain = "EXPLAIN QUERY PLAN" if sql.dialect.name == "sqlite" else "EXPLAIN"
    rows = [tuple(row) for statement, values in asked for row in sql.exec_driver_sql(f"{explain} {statement}", values)]
    return "\n".join(str(row[-1]) for row in rows)


# Of an office the page comes out of one index in its order. Of more, whichever index holds only what is open will do.
PAGES: dict[str, tuple[str, Callable[[Connection], object]]] = {
    "the cases of an office": ("ix_cases_office_due_order_id", lambda sql: cases.some(sql, cases.Which(area=TOWN))),
    "its open cases": ("ix_cases_open", lambda sql: cases.some(sql, cases.Which(area=TOWN, open=True))),
    "the next page of them": (
        "ix_cases_open",
        lambda sql: cases.some(sql, cases.Which(area=TOWN, open=True), f'["2026-12-01", "{TOWN}", "open1"]'),
    ),
    "its overdue cases": ("ix_cases_open", lambda sql: cases.some(sql, cases.Which(area=TOWN, status="overdue"))),
    "the inbox": ("ix_inbox_office_at_position", lambda sql: inbox.some(sql, inbox.Which(area=TOWN))),
    "what it has to answer": (
        "ix_inbox_unsettled",
        lambda sql: inbox.some(sql, inbox.Which(area=TOWN, settled=False)),
    ),
    "the inbox by lines": ("ix_inbox_", lambda sql: inbox.lines(sql, inbox.Which(area=TOWN))),
    "the next page of lines": (
        "ix_inbox_",
        lambda sql: inbox.lines(sql, inbox.Which(area=TOWN), f'[{later(9).timestamp():.0f}000000, "{TOWN}", 9]'),
    ),
    "the lines that it has to answer": (
        "ix_inbox_",
        lambda sql: inbox.lines(sql, inbox.Which(area=TOWN, settled=False)),
    ),
    "one notice": ("ix_inbox_office_position", lambda sql: inbox.one(sql, TOWN, 7)),
    "stays to be reviewed": ("ix_records_review_on", lambda sql: records.to_review(sql, "2026-03-02")),
    "protections that lapsed": ("ix_records_protected_until", lambda sql: records.lapsed(sql, "2026-03-02")),
}
OTHERS: dict[str, tuple[str, Callable[[Connection], object]]] = {
    "the open cases of an area": ("ix_cases_open", lambda sql: cases.some(sql, cases.Which(area=TOWN[:6], open=True))),
    "the overdue ones of all": ("ix_cases_open", lambda sql: cases.how_many(sql, cases.Which(status="overdue"))),
    "the cases that a sweep looks at": ("ix_cases_open", cases.waiting),
    "the cases that nobody has answered": ("ix_cases_open", lambda sql: cases.unanswered(sql, KINDS, None, 500)),
    "what nobody has seen": (
        "ix_inbox_unseen",
        lambda sql: inbox.how_many(sql, inbox.Which(area=TOWN, acknowledged=False)),
    ),
}


@pytest.mark.parametrize("asked", [*PAGES, *OTHERS])
def test_what_is_asked_is_found_by_an_index(sql, asked):
    index, ask = {**PAGES, **OTHERS}[asked]
    how = plan(sql, ask)
    used = set(re.findall(r"\bix_\w+", how))
    assert used, how
    assert {name for name in used if not name.startswith(index)} == set(), how
    assert "Seq Scan" not in how, how
    if asked in PAGES:
        assert "Sort" not in how, how
        assert "TEMP B-TREE" not in how, how


def test_the_index_over_open_cases_holds_those_that_are_open():
    assert f"status IN ({', '.join(repr(status) for status in sorted(OPEN))})" == IS_OPEN
    assert ASKED < OPEN


def test_a_plan_that_reads_everything_is_found(sql):
    how = plan(sql, lambda sql: sql.execute(text("SELECT * FROM cases WHERE reason = 'other'")).all())
    assert "SCAN" in how.upper()
    assert "ix_cases" not in how
    assert cases.sides(sql, LIN) == ()


def steps(driver: sqlite3.Connection, ask: Callable[[], object]) -> int:
    """How much the machine inside SQLite has to do for it."""
    taken = 0

    def tick() -> int:
        nonlocal taken
        taken += 1
        return 0

    driver.set_progress_handler(tick, 1)
    ask()
    driver.set_progress_handler(None, 1)
    return taken


def test_how_much_waits_costs_no_more_to_ask_when_more_waits(node):
    costs = []
    for _ in range(2):
        with node.uow.begin() as session:
            people = [f"p{number}" for number in range(3 * COUNTED)]
            session.mark_dirty(people, node.clock())
            driver = session.sql.connection.driver_connection
            costs.append(steps(driver, lambda: (session.marked(), session.pending(), session.oldest_dirty())))
    assert costs[1] < 1.1 * costs[0]
    assert {each.stage: each.waiting for each in lag(node)} == {"sequencing": 0, "forwarding": COUNTED + 1}
