"""A worker that looks and finds nothing: it writes nothing, so that looking often costs no disk and holds up nobody."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from events.store.sql.schema import backlogs, log_head
from exchange.node import Node
from exchange.pipeline.advance import advance, anything_left
from tests.integration.towns import ZHIFANG, Clock, Town, opened, woman


@pytest.fixture
def node(tmp_path, database_url, clock):
    made = opened(tmp_path, clock, database_url=database_url)
    yield made
    made.close()


def moment(node: Node) -> int:
    """The last one that the log gave; whoever locks its head to look for work moves it on."""
    with node.uow.look() as session:
        found: int = session.sql.execute(select(log_head.c.at)).scalar_one()
        return found


def test_a_look_that_finds_nothing_writes_nothing(node: Node, clock: Clock):
    Town(node, ZHIFANG).registers(woman())
    before = moment(node)
    clock.now += timedelta(days=1)
    assert advance(node) == 0
    assert moment(node) == before


def test_whatever_there_is_to_do_is_seen(node: Node):
    home = Town(node, ZHIFANG)
    home.forwards = False
    assert not anything_left(node)
    person = str(home.registers(woman()).person)
    assert anything_left(node), "an event waits for the log"
    advance(node)
    with node.uow.begin() as session:
        session.mark_dirty([person], node.clock())
    assert anything_left(node), "a dossier is to be read again"
    advance(node)
    with node.uow.begin() as session:
        session.sql.execute(backlogs.insert(), {"joined": ZHIFANG, "after": ""})
    assert anything_left(node), "an office joined, and not everybody was marked for it"
    advance(node)
    assert not anything_left(node)
