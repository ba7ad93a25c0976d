"""The second wall: PostgreSQL itself shows an office no rows of others, though our own question forgot to ask for its.

Each story leaves out one check of the application. With the wall nothing foreign is seen; without it everything is.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from sqlalchemy import ColumnElement, text, true

from events.store.postgres import PostgresStore
from exchange.access.caller import Caller
from exchange.books import Shelf
from exchange.commands.acknowledge import acknowledge
from exchange.feeds import Feed
from exchange.node import Node
from exchange.protocol.refusals import UnknownPerson
from exchange.queries.cases import cases
from exchange.queries.feed import feed
from exchange.queries.find_person import find_person
from exchange.queries.open_dossier import open_dossier
from exchange.queries.register import held_now
from exchange.stores import CALLER_ROLE
from exchange.tables import cases as case_table
from exchange.tables import inbox as inbox_table
from exchange.tables import paging
from exchange.tables import records as record_table
from tests.databases import database
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, opened, woman

WALLED = ("events", "deliveries", "records", "cases", "inbox", "books", "acknowledgements", "accesses", "feed_heads")
STRANGER = Caller(WANSHOULU, "clerk", frozenset({"clerk", "confirmer"}))
NUMBER = woman()["document.resident"]["number"]


@pytest.fixture
def url(server) -> Iterator[str]:
    with database(server) as address:
        yield address


@pytest.fixture
def node(url, tmp_path) -> Iterator[Node]:
    """A woman lives in Zhifang, and arrives in Donghuamen. Wanshoulu knows nothing of her."""
    made = opened(tmp_path, database_url=url)
    Town(made, ZHIFANG).registers(woman())
    Town(made, DONGHUAMEN).sees_arrive(woman(), ZHIFANG)
    acknowledge(made, Town(made, ZHIFANG).caller, [Town(made, ZHIFANG).notice("inflow").position])
    yield made
    made.close()


@pytest.fixture
def person(node) -> str:
    return Town(node, DONGHUAMEN).cases()[0].person


@pytest.fixture(params=[True, False], ids=["walled", "without the wall"])
def walled(request, url, server) -> bool:
    """Whether the wall stands: what is left out below must leak without it, or it would show nothing."""
    if not request.param:
        with server.owner(url.partition("?")[0].rpartition("/")[2]) as owner:
            for table in WALLED:
                owner.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    return bool(request.param)


@contextmanager
def anywhere(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """No table is asked for one area only."""

    def within(column: ColumnElement[str], area: str) -> ColumnElement[bool]:
        return true()

    with patch.context() as changed:
        for module in (paging, case_table, inbox_table, record_table):
            changed.setattr(module, "within", within)
        yield


def test_a_list_that_forgets_whose_it_is_shows_nothing_foreign(node, walled, monkeypatch):
    with anywhere(monkeypatch):
        assert bool(cases(node, STRANGER).rows) is not walled
        assert bool(held_now(node, STRANGER)) is not walled


def test_a_read_that_forgets_to_ask_whose_book_it_may_open_opens_none(node, person, walled, monkeypatch):
    monkeypatch.setattr(Caller, "office_read", lambda caller, office: office or caller.office)
    for office in (ZHIFANG, DONGHUAMEN):
        if walled:
            with pytest.raises(UnknownPerson):
                open_dossier(node, STRANGER, "case", person, office=office)
        else:
            assert open_dossier(node, STRANGER, "case", person, office=office).record.particulars


def test_a_search_in_the_book_of_another_office_finds_nobody(node, walled, monkeypatch):
    book = Shelf.book
    monkeypatch.setattr(Shelf, "book", lambda shelf, _office: book(shelf, ZHIFANG))
    assert bool(find_person(node, STRANGER, "case", "resident", NUMBER)) is not walled


def test_a_feed_that_is_another_offices_tells_nothing(node, walled, monkeypatch):
    monkeypatch.setattr("exchange.queries.feed.Feed", lambda session, _office, offices: Feed(session, ZHIFANG, offices))
    assert bool(feed(node, STRANGER, "case")) is not walled


def seen_by(url: str, offices: tuple[str, ...], table: str) -> int:
    store = PostgresStore(url, caller=CALLER_ROLE)
    try:
        with store.read(offices) as session:
            return int(session.sql.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())
    finally:
        store.close()


@pytest.mark.parametrize("table", WALLED)
def test_each_table_shows_an_office_its_own_rows_and_who_oversees_those_of_the_area(node, url, table):
    of_all, own = seen_by(url, (), table), seen_by(url, (ZHIFANG,), table)
    known_to_all = seen_by(url, (WANSHOULU,), table)  # what is said of offices
    assert known_to_all < own <= of_all
    assert (known_to_all == 0) is (table != "events")
    assert seen_by(url, ("42",), table) == seen_by(url, ("420115",), table) == own
    assert seen_by(url, ("42", "11"), table) == of_all


def test_who_does_not_say_for_whom_sees_nothing_and_nobody_writes(node, url, server):
    name = url.partition("?")[0].rpartition("/")[2]
    with server.owner(name) as owner:
        owner.execute(f"SET ROLE {CALLER_ROLE}")
        for table in WALLED:
            about_offices = " WHERE kind <> 'jurisdiction'" if table == "events" else ""
            assert owner.execute(f"SELECT count(*) FROM {table}{about_offices}").fetchone() == (0,)
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                owner.execute(f"DELETE FROM {table}")


def test_every_table_that_names_an_office_is_walled(url, server):
    name = url.partition("?")[0].rpartition("/")[2]
    with server.owner(name) as owner:
        rows = owner.execute(
            "SELECT DISTINCT table_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND column_name IN ('office', 'author', 'recipient')"
        ).fetchall()
        walls = owner.execute("SELECT relname FROM pg_class WHERE relrowsecurity").fetchall()
    assert {table for (table,) in walls} == set(WALLED)
    # Of each event its leaf; its place in line, or beside it; digests by province; how far each feed was seen; gaps.
    assert {table for (table,) in rows} - set(WALLED) == {"log", "pending", "set_aside", "digests", "digested", "gaps"}
