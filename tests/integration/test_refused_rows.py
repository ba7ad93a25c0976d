"""Where the database refuses the rows of one dossier, that one alone is stuck, and everybody else is told."""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from structlog.testing import capture_logs

from events.store.errors import Unavailable
from exchange.http.app import create_app
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.queries.lag import stuck
from exchange.queries.status import status
from exchange.reconcile import checks
from exchange.tables.inbox import Which, some
from tests.integration.towns import ZHIFANG, Clock, opened, woman

TABLES = ("records", "books", "cases", "inbox", "deliveries")


@pytest.fixture
def node(tmp_path, database_url):
    node = opened(tmp_path, Clock(), database_url=database_url)
    yield node
    node.close()


@pytest.fixture
def beside(node):
    """Another process on the same data."""
    beside = Node.open(node.settings)
    yield beside
    beside.close()


@pytest.fixture(autouse=True)
def said() -> Iterator[list[MutableMapping[str, Any]]]:
    """What the log is told."""
    with capture_logs() as lines:
        yield lines


def owner(node: Node, *statements: str) -> None:
    engine = create_engine(node.settings.database_url or f"sqlite:///{node.settings.database}")
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


@contextmanager
def refusing(node: Node, table: str, person: str) -> Iterator[None]:
    """The database takes no row of this person into this table."""
    if node.settings.database_url:
        refuse = f"BEGIN IF NEW.person = '{person}' THEN RAISE EXCEPTION 'not this one'; END IF; RETURN NEW; END"
        made: tuple[str, ...] = (
            f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ {refuse} $$",
            f"CREATE TRIGGER refuse BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse()",
        )
        gone = "DROP FUNCTION refuse CASCADE"
    else:
        when = f"WHEN NEW.person = '{person}'"
        made = (
            f"CREATE TRIGGER refuse BEFORE INSERT ON {table} {when} BEGIN SELECT RAISE(ABORT, 'not this one'); END",
        )
        gone = "DROP TRIGGER refuse"
    owner(node, *made)
    yield
    owner(node, gone)


def asked_about(node: Node, persons: list[str]) -> set[str]:
    with node.uow.look() as session:
        return {person for person in persons if some(session.sql, Which(kind="inflow", person=person)).rows}


@pytest.mark.parametrize("table", TABLES)
def test_one_dossier_whose_rows_are_refused_holds_up_no_other(node, home, new_home, said, table):
    for number in range(2, 7):
        home.registers(woman(number))
    new_home.forwards = False
    made = [new_home.sees_arrive(woman(number), ZHIFANG).person or "" for number in range(2, 5)]
    bad = made[1]
    with refusing(node, table, bad):
        advance(node)
        assert asked_about(node, made) == {made[0], made[2]}
        assert list(node.stuck) == [bad]
        assert "not this one" in str(node.stuck[bad])
        held: BaseException | None = node.stuck[bad]
        while held is not None:
            assert held.__traceback__ is None, "it would keep the whole batch in memory"
            held = held.__cause__ or held.__context__
        before = status(node)
        assert (before.stuck, before.pending) == (1, 0)
        new_home.forwards = True
        later = new_home.sees_arrive(woman(5), ZHIFANG).person or ""
        assert asked_about(node, [bad, later]) == {later}
    # Said once, however often it is tried again.
    assert [line["person"] for line in said if line["event"] == "dossier_stuck"] == [bad]
    assert [line["event"] for line in said].count("batch_taken_apart") == 1
    advance(node)
    assert asked_about(node, made) == set(made)
    assert node.stuck == {}
    assert status(node).dirty == 0
    assert checks(node).equal


def test_every_process_says_that_somebody_is_stuck_and_is_ready_all_the_same(node, home, new_home, beside):
    home.registers(woman(2))
    ready = create_app(beside).test_client()
    assert ready.get("/readyz").get_json() == {"status": "ok"}
    bad = new_home.sees_arrive(woman(2), ZHIFANG).person or ""
    with refusing(node, "records", bad):
        with node.uow.begin() as session:
            session.mark_dirty([bad], node.clock())
        advance(node)
        answer = ready.get("/readyz")
        assert (answer.status_code, answer.get_json()) == (200, {"status": "degraded", "stuck": 1})
        assert (status(beside).stuck, stuck(beside), beside.stuck) == (1, 1, {})
    advance(beside)
    assert ready.get("/readyz").get_json() == {"status": "ok"}


def test_the_batch_is_taken_apart_once_and_no_more(node, home, new_home):
    for number in (2, 3):
        home.registers(woman(number))
    bad = new_home.sees_arrive(woman(2), ZHIFANG).person or ""
    steps: list[str] = []
    with refusing(node, "records", bad):
        with node.uow.begin() as session:
            session.mark_dirty([bad], node.clock())
        advance(node)
        assert list(node.stuck) == [bad]
        node.step = steps.append
        new_home.sees_arrive(woman(3), ZHIFANG)
    # Two rounds of work, the last of which finds nothing to do but what is stuck, and none that was done twice.
    assert steps.count("before forward") == steps.count("claimed") == steps.count("marks taken off") == 2


def test_a_database_that_is_away_is_nobody_in_particular(node, home, monkeypatch):
    home.registers(woman(2))
    with node.uow.begin() as session:
        session.mark_dirty(
            [p for (p,) in session.sql.execute(text("SELECT DISTINCT person FROM records"))], node.clock()
        )

    def away(step: str) -> None:
        if step == "records written":
            raise Unavailable(rule="store.lost")

    node.step = away
    with pytest.raises(Unavailable):
        advance(node)
    assert node.stuck == {}
