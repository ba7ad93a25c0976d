"""A worker of the version before, over whose database a newer one has come into force, writes nothing more and ends."""

import threading
from contextlib import closing

import pytest
from sqlalchemy import text

from events.store.sql.rows import add
from events.store.sql.schema import versions
from exchange.node import Node
from exchange.pipeline import renewing
from exchange.pipeline.advance import advance
from exchange.pipeline.in_force import Superseded, require_in_force
from exchange.pipeline.joining import unmarked_from
from exchange.pipeline.loop import Loop
from exchange.pipeline.sweep import sweep
from exchange.protocol.view import VIEW_VERSION
from exchange.queries.status import status
from exchange.settings import SettingsWrong
from tests.databases import database
from tests.integration.on_both import node
from tests.integration.test_refused_rows import owner
from tests.integration.towns import ZHIFANG, Town, opened, told, woman

__all__ = ["node"]

NEWER = VIEW_VERSION + 1


def comes_into_force(node: Node, view: int = NEWER) -> None:
    """As `renew_records` of a newer version leaves it."""
    with node.uow.begin() as session:
        add(session.sql, versions, [{"name": "view", "number": view}], ("name",))


def rows_of_records(node: Node) -> list[tuple[object, ...]]:
    with node.uow.look() as session:
        return [tuple(row) for row in session.sql.execute(text("SELECT * FROM records ORDER BY person, office"))]


@pytest.fixture(params=["view", "schema"])
def superseded(request, node, home) -> Node:
    """A node that has something to do when a newer version comes into force."""
    made: Node = node
    home.registers(woman(2))
    home.forwards = False
    home.registers(woman(3))
    if request.param == "view":
        comes_into_force(node)
    else:
        owner(node, "UPDATE alembic_version SET version_num = '9999'")
    return made


def test_it_writes_nothing_more(superseded):
    node, before = superseded, (told(superseded), rows_of_records(superseded))
    for act in (advance, sweep):
        with pytest.raises(Superseded):
            act(node)
    assert (told(node), rows_of_records(node)) == before
    assert status(node).pending == 1, "whoever is in force finds it"


def test_one_that_comes_into_force_in_the_middle_of_a_round_makes_all_anew_behind_it(tmp_path, server, monkeypatch):
    with database(server) as url, closing(opened(tmp_path, database_url=url)) as node:
        with closing(Node.open(node.settings)) as newer:
            home = Town(node, ZHIFANG)
            home.forwards = False
            home.registers(woman(2))
            monkeypatch.setattr(renewing, "VIEW_VERSION", NEWER)
            node.step = lambda name: renewing.renew_records(newer) if name == "claimed" else None
            with pytest.raises(Superseded):
                advance(node)
        with node.uow.look() as session:
            assert unmarked_from(session) == ""


def test_a_process_of_the_version_before_does_not_even_begin(node):
    comes_into_force(node)
    with pytest.raises(SettingsWrong, match="view_newer"):
        Node.open(node.settings)
    comes_into_force(node, VIEW_VERSION)
    require_in_force(node)


def test_the_worker_in_the_process_ends_and_says_so(superseded):
    ended = threading.Event()
    loop = Loop(superseded, superseded=ended.set).start()
    assert ended.wait(30)
    loop.stop()
    assert isinstance(loop.failure, Superseded)
