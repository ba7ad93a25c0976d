"""What is counted of requests, without servers: whatever callers send, there are no more series than we have routes."""

import re

import pytest

from exchange.access.keys import Keys
from exchange.http.app import create_app
from exchange.http.metrics import metrics
from exchange.pipeline.forward import forward
from exchange.pipeline.sequence import sequence
from tests.integration.towns import ZHIFANG, Town, opened, woman


@pytest.fixture
def node(tmp_path, database_url):
    node = opened(tmp_path, database_url=database_url)
    yield node
    node.close()


def test_methods_that_nobody_knows_are_counted_as_one(node):
    client = create_app(node, [metrics(node)]).test_client()
    for number in range(20):
        client.open("/healthz", method=f"MADE-UP-{number}")
    client.get("/healthz")
    _, key = Keys(node.uow, node.clock).issue("a watcher", [ZHIFANG], ["operator"])
    told = client.get("/metrics", headers={"Authorization": f"Bearer {key}"}).get_data(as_text=True)
    assert 'exchange_requests_total{method="other",route="none",status="405"} 20.0' in told
    assert 'exchange_requests_total{method="GET",route="/healthz",status="200"} 1.0' in told
    assert "MADE-UP" not in told


def test_how_far_a_stage_lies_behind_is_told_in_events_and_in_what_it_takes_up(node):
    home = Town(node, ZHIFANG)
    home.registers(woman(2))
    home.forwards = False
    known = home.registers(woman(3)).person
    home.registers(woman(4))
    client = create_app(node, [metrics(node)]).test_client()
    _, key = Keys(node.uow, node.clock).issue("a watcher", [ZHIFANG], ["operator"])

    def told(measure: str, stage: str) -> float:
        shown = client.get("/metrics", headers={"Authorization": f"Bearer {key}"}).get_data(as_text=True)
        return float(re.findall(rf'exchange_{measure}{{stage="{stage}"}} (\S+)', shown)[0])

    def behind(stage: str) -> tuple[float, float]:
        return told("lag_events", stage), told("waiting", stage)

    assert (behind("sequencing"), behind("forwarding")) == ((2, 2), (0, 0))
    sequence(node)
    assert (behind("sequencing"), behind("forwarding")) == ((0, 0), (2, 2))
    home.records("movement.moved_within", "2026-03-02", {"address": "9 Lane"}, known)
    sequence(node)
    assert behind("forwarding") == (3, 2)
    assert told("lag_seconds", "forwarding") > 0
    forward(node)
    assert behind("forwarding") == (0, 0)
    with node.uow.begin() as session:
        session.mark_dirty([str(known)], node.clock())
    assert behind("forwarding") == (0, 1), "whom a day concerns, and no event"
