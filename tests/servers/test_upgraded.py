"""Processes of the version before end by themselves, and say why, once a newer version has had the database."""

import json

from exchange.demo.servers.child import free_port
from exchange.demo.servers.ours import web
from exchange.queries.status import status
from tests.integration.test_superseded import comes_into_force
from tests.servers.test_workers import submitted


def test_a_worker_and_a_listener_end_well_and_leave_the_work_to_the_newer_ones(served):
    old = [served.listener(), served.worker("--beat")]
    comes_into_force(served.node)
    submitted(served, 2)
    assert [each.wait() for each in old] == [0, 0]
    for each in old:
        said = [json.loads(line) for line in each.log.read_text("utf-8").splitlines() if '"superseded"' in line]
        assert {line["event"] for line in said} == {"superseded"}
    assert status(served.node).pending == 2


def test_web_processes_end_well_and_record_nothing_more_by_rules_of_before(served):
    old = web(served.folder, served.given, free_port())
    comes_into_force(served.node)
    assert old.wait() == 0
    assert '"event": "superseded"' in old.log.read_text("utf-8")
