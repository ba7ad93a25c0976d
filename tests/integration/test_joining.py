"""An office that does not use the exchange cannot be asked; when it joins, it gets what it would have been told."""

from pathlib import Path

import pytest

from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.pipeline.sweep import sweep
from exchange.reconcile import checks
from exchange.settings import settings
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Clock, Town, woman

HUBEI, BEIJING = "42", "11"


@pytest.fixture
def clock():
    return Clock()


def opened(folder: Path, clock: Clock, *areas: str) -> Node:
    node = Node.open(settings(data=folder, serves=areas), clock=clock)
    advance(node)
    return node


def test_the_backlog_opens_the_case_that_could_not_be_put(tmp_path, clock):
    node = opened(tmp_path, clock, BEIJING)
    new_home = Town(node, DONGHUAMEN)
    arrival = new_home.sees_arrive(woman(), ZHIFANG)
    (case,) = new_home.cases()
    assert (case.asked, case.kind, case.status) == (ZHIFANG, "inflow", "not_reachable")
    assert sweep(node) == 0
    node.close()

    node = opened(tmp_path, clock, BEIJING, HUBEI)
    home, new_home = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
    notice = home.notice("inflow")
    assert [c.status for c in (*home.cases(), *new_home.cases())] == ["open", "open"]
    assert notice.due_on is not None
    assert notice.case is not None
    home.answers("case.confirmed", notice.case)
    assert [c.status for c in new_home.cases()] == ["confirmed"]
    assert new_home.sheet(arrival.person or "")["keeper"] == ZHIFANG
    assert checks(node).equal
    node.close()
