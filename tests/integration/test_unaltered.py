"""Whatever is altered of an event's row behind the platform's back, the checks name the event and the column."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest
from sqlalchemy import create_engine, select, text, update

from events.envelope import Ref
from events.store.sql.schema import events, log
from exchange.audit.rebuild import compare
from exchange.http.node_use_cases import NodeUseCases
from exchange.node import Node
from exchange.queries.feed import feed
from exchange.reconcile import Checked, between, checks, latest, report, stepwise
from tests.databases import database
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, opened, woman

HARMLESS = {"kind", "version", "submission"}  # for whoever reads, who goes by the bytes
OFF, ON = (
    [f"ALTER TABLE {table} {verb} TRIGGER USER" for table in ("events", "log")] for verb in ("DISABLE", "ENABLE")
)
SOMEBODY = "00000000-0000-4000-8000-000000000001"
ALTERED: dict[str, Any] = {
    "author": WANSHOULU,
    "id": SOMEBODY,
    "kind": "thing",
    "subject": SOMEBODY,
    "version": 9,
    "submission": "another",
    "body": lambda row: row.body.replace(b"2026-03-01", b"2026-02-01"),
    "sealed": lambda row: row.sealed[:-1] + bytes([row.sealed[-1] ^ 1]),
}
MORE: list[tuple[str, Any]] = [
    ("kind", "jurisdiction"),
    ("body", b"\xff"),
    ("body", lambda row: row.body.replace(b"movement.arrived", b"movement.unheard")),
    ("body", lambda row: row.body.replace(b'"kind":"main"', b'"kind":["a"]')),
    ("sealed", b"\x01"),
    ("sealed", b"\x00"),
]
STILL_READ = (ALTERED["body"], b"\x01")  # another day, and no part at all: only the checks can tell


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def node(request, tmp_path_factory) -> Iterator[Node]:
    """One for all tests, each of which puts back what it alters."""
    with database(request.getfixturevalue("server")) if request.param == "postgres" else nullcontext("") as url:
        node = opened(tmp_path_factory.mktemp("altered"), database_url=url)
        yield node
        node.close()


@pytest.fixture(scope="module")
def arrivals(node: Node) -> list[Any]:
    """Of two women who moved."""
    home, new_home = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    for number in (1, 2):
        home.registers(woman(number))
    return [new_home.sees_arrive(woman(number), ZHIFANG) for number in (1, 2)]


@contextmanager
def altered(node: Node, ref: Ref, column: str, value: Any) -> Iterator[None]:
    """Inside of it the column is another, as after that it was."""
    before = alter(node, ref, column, value)
    yield
    now = {"author": Ref(value, ref.id), "id": Ref(ref.author, value)}.get(column, ref)
    alter(node, now, column, before)


def alter(node: Node, ref: Ref, column: str, value: Any) -> Any:
    """As whoever owns the database can, with its triggers switched off. What stood there before."""
    engine = create_engine(node.settings.database_url or f"sqlite:///{node.settings.database}")
    postgres = bool(node.settings.database_url)
    with engine.begin() as sql:
        query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name IN ('events', 'log')"
        triggers = [] if postgres else sql.execute(text(query)).all()
        for down in OFF if postgres else [f"DROP TRIGGER {trigger.name}" for trigger in triggers]:
            sql.execute(text(down))
        table = log if column == "leaf" else events
        its = (table.c.author == ref.author, table.c.id == ref.id)
        row = sql.execute(select(table).where(*its)).one()
        new = value(row) if callable(value) else value
        assert new != row._mapping[column], "nothing would be altered"
        assert sql.execute(update(table).where(*its).values({column: new})).rowcount == 1
        for up in ON if postgres else [trigger.sql for trigger in triggers]:
            sql.exec_driver_sql(up)
    engine.dispose()
    return row._mapping[column]


def named(found: Checked) -> set[tuple[Ref | None, tuple[str, ...]]]:
    """The events that do not stand as they were logged, and what differs of each."""
    return {(each.event, each.lacking) for each in found.differences if each.check == "ledger" and not each.other}


def test_each_column_is_tried() -> None:
    assert ALTERED.keys() == {column.name for column in events.columns}


@pytest.mark.parametrize(("column", "value"), [*ALTERED.items(), *MORE])
def test_an_altered_column_is_named_with_its_event(node, arrivals, column, value):
    one = Ref(DONGHUAMEN, arrivals[0].id)
    assert checks(node).equal
    with altered(node, one, column, value):
        assert named(checks(node)) == named(stepwise(node)) == {(one, (column,))}
        assert len(checks(node).differences) == 1, "what follows from it is no other fault"
        report(node)
        kept = latest(node)
        assert kept is not None
        assert named(kept.checked) == {(one, (column,))}
        assert arrivals[1].person not in {each.person for each in kept.checked.differences}
        compare(node)  # and a replay goes on past it


@pytest.mark.parametrize(("column", "value"), [*ALTERED.items(), *MORE])
def test_a_page_of_the_inbox_and_of_the_feed_stands_whatever_one_event_became(node, arrivals, column, value):
    with altered(node, Ref(DONGHUAMEN, arrivals[0].id), column, value):
        office = Town(node, ZHIFANG).caller
        lines = {row["person"]: row for row in NodeUseCases(node).inbox(office, "case", {}, None, 25).rows}
        assert lines.keys() == {each.person for each in arrivals}
        hers, other = (lines[each.person] for each in arrivals)
        assert (other["unreadable"], other["name"], other["state"]) == (False, "王小雨", "open")
        unreadable = column not in HARMLESS and value not in STILL_READ
        assert hers["unreadable"] is unreadable
        assert (hers["kind"], hers["state"], hers["teller"]) == ("inflow", "open", DONGHUAMEN)
        assert hers["event"] == [DONGHUAMEN, arrivals[0].id]
        told = {each.person: each for each in feed(node, office, "case")}
        assert {person: each.unreadable for person, each in told.items()} == {
            arrivals[0].person: unreadable,
            arrivals[1].person: False,
        }


def test_what_the_log_hashed_and_the_bytes_are_no_longer_the_same(node, arrivals):
    one = Ref(DONGHUAMEN, arrivals[0].id)
    with altered(node, one, "leaf", bytes(32)):
        assert named(checks(node)) == {(one, ("body",))}


def test_an_event_about_an_office_is_looked_at_as_well(node, arrivals):
    with node.uow.look() as session:
        joined = min(session.jurisdiction_refs())
    for column, value in (("version", 9), ("kind", "thing")):
        with altered(node, joined, column, value):
            assert {(ref, column in columns) for ref, columns in named(stepwise(node))} == {(joined, True)}


def test_two_areas_compared_name_it_too(node, arrivals):
    one = Ref(DONGHUAMEN, arrivals[0].id)
    with altered(node, one, "body", ALTERED["body"]):
        found = between(node, DONGHUAMEN)
    assert named(found.checked) == {(one, ("body",))}
    assert not found.equal
    assert checks(node).equal, "by now all is put back"
