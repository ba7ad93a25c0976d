"""Bringing a database up to date where something stands in the way: nobody is held up, and who must act is told why."""

import psycopg
import pytest
from sqlalchemy import create_engine, make_url, text

from events.store.errors import Unavailable
from exchange import stores
from exchange.migrations import current, steps, upgrade
from exchange.settings import SettingsWrong
from exchange.stores import store_at
from exchange.translations import text as said
from tests.databases import PLAIN, database


@pytest.fixture(params=["sqlite", "postgres"])
def address(request, tmp_path):
    """A database that stands at the newest step."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/exchange.db"
        upgrade(url)
        yield url
        return
    with database(request.getfixturevalue("server"), PLAIN) as url:
        yield url


def test_a_database_of_a_newer_version_is_left_alone_and_named(address):
    engine = create_engine(address)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsWrong) as wrong:
        store_at(address)
    with engine.connect() as connection:
        assert current(connection) == "9999"
    engine.dispose()
    (why,) = wrong.value.problems.values()
    assert (why.rule, why.details) == ("settings.database_newer", {"step": "9999", "newest": steps()[-1]})


@pytest.fixture
def behind(server):
    """One that does not yet stand there."""
    with database(server, "template1") as url:
        upgrade(url, "0019")
        yield url


@pytest.fixture
def empty(server, behind):
    """One in which nothing was made yet, beside another of ours."""
    with database(server, "template1") as url:
        yield url


def test_a_step_does_not_wait_for_ever_behind_whom_everybody_else_would_wait(behind, monkeypatch):
    monkeypatch.setattr(stores, "PATIENCE", 0.1)
    with psycopg.connect(behind.replace("+psycopg", "")) as idle:
        idle.execute("SELECT person FROM dirty")  # and its transaction goes on
        with pytest.raises(Unavailable) as refused:
            store_at(behind)
        assert refused.value.rule == "store.busy"
    store = store_at(behind)
    with store.read() as session:
        assert current(session.sql) == steps()[-1]
    store.close()


def test_a_login_without_the_right_is_told_so(server, behind):
    with server.owner() as owner:
        owner.execute("CREATE ROLE stranger LOGIN")
    with pytest.raises(SettingsWrong) as wrong:
        store_at(behind.replace("exchange@", "stranger@"))
    with server.owner() as owner:
        owner.execute("DROP ROLE stranger")
    assert wrong.value.problems["database_url"].rule == "settings.database"
    assert "permission denied" in str(wrong.value.problems["database_url"].details["why"])


@pytest.mark.parametrize(("made", "step"), [("behind", "0019"), ("empty", "–")])
def test_the_login_of_the_service_is_told_who_brings_the_schema_up_to_date(server, request, made, step):
    address = request.getfixturevalue(made)
    with server.owner() as owner:
        owner.execute("CREATE ROLE of_the_service LOGIN IN ROLE exchange_app")
    try:
        with pytest.raises(SettingsWrong) as wrong:
            store_at(address.replace("exchange@", "of_the_service@"))
    finally:
        with server.owner() as owner:
            owner.execute("DROP ROLE of_the_service")
    problem = wrong.value.problems["database_url"]
    assert (problem.rule, problem.details["step"]) == ("settings.database_older", step)
    assert "\n" not in str(problem.details["why"])
    assert "exchange db upgrade" in said(str(problem.rule), "en", **problem.details)


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "EUC_CN", "LATIN1"])
def test_a_database_that_cannot_hold_every_name_is_refused_before_anything_is_made(server, empty, encoding):
    with server.owner() as owner:
        owner.execute(f"CREATE DATABASE of_few_signs ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
    address = make_url(empty).set(database="of_few_signs").render_as_string()
    try:
        with pytest.raises(SettingsWrong) as wrong:
            store_at(address)
        with psycopg.connect(address.replace("+psycopg", "")) as found:
            assert found.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone() == (0,)
    finally:
        with server.owner() as owner:
            owner.execute("DROP DATABASE of_few_signs")
    problem = wrong.value.problems["database_url"]
    assert (problem.rule, problem.details) == ("settings.database_encoding", {"encoding": encoding})


def test_an_address_with_a_word_that_its_driver_does_not_know_is_named(behind):
    with pytest.raises(SettingsWrong) as wrong:
        store_at(f"{behind}&made_up=1")
    assert "made_up" in str(wrong.value.problems["database_url"].details["why"])


def test_what_keeps_from_reaching_it_is_told(behind):
    with pytest.raises(Unavailable) as refused:
        store_at(behind.replace("exchange@", "nobody_of_that_name:secret@"))
    assert (refused.value.field, refused.value.rule) == ("database_url", "store.out_of_reach")
    assert "nobody_of_that_name" in str(refused.value.details["why"])
    assert "secret" not in str(refused.value.details["why"])
