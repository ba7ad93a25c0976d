"""A node whose view is another than that by which its records were made makes them anew, and tells nobody anything."""

from pathlib import Path

import pytest
from sqlalchemy import text

from exchange.node import Node
from exchange.pipeline import in_force, renewing
from exchange.pipeline.advance import advance
from exchange.pipeline.joining import unmarked_from
from exchange.reconcile import checks
from exchange.settings import settings
from tests.integration.towns import BEIJING_AND_HUBEI, DONGHUAMEN, ZHIFANG, Clock, Town, told, woman


def opened(folder: Path, clock: Clock, url: str) -> Node:
    return Node.open(settings(data=folder, serves=BEIJING_AND_HUBEI, database_url=url), clock=clock)


def left_by_another_view(node: Node) -> None:
    """Records as they would stand had the view left something out."""
    with node.uow.begin() as session:
        session.sql.execute(text("UPDATE records SET since = '1900-01-01'"))


@pytest.fixture
def left(tmp_path, database_url) -> tuple[Path, Clock, str]:
    clock = Clock()
    node = opened(tmp_path, clock, database_url)
    advance(node)
    Town(node, ZHIFANG).registers(woman())
    Town(node, DONGHUAMEN).sees_arrive(woman(), ZHIFANG)
    left_by_another_view(node)
    node.close()
    return tmp_path, clock, database_url


def test_by_the_same_view_nothing_is_made_anew(left):
    node = opened(*left)
    with node.uow.look() as session:
        assert unmarked_from(session) is None
    assert {each.check for each in checks(node).differences} == {"view"}
    node.close()


def test_by_another_every_record_is_and_nobody_is_told(left, monkeypatch):
    for module in (renewing, in_force):
        monkeypatch.setattr(module, "VIEW_VERSION", 99)
    node = opened(*left)
    before = told(node)
    assert checks(node).differences == (), "until they were made anew they are not compared"
    advance(node)
    assert told(node) == before
    assert (checks(node).differences, checks(node).waiting) == ((), 0)
    node.close()
    node = opened(*left)
    with node.uow.look() as session:
        assert unmarked_from(session) is None, "once is enough"
    node.close()
