"""Workers in other processes, told by a real Redis."""

import base64
import json
import re
import time
from types import SimpleNamespace

import pytest
import redis

from exchange.access.keys import Keys
from exchange.http.app import create_app
from exchange.ids import new_id
from exchange.pipeline.advance import advance, anything_left
from exchange.reconcile import checks, latest
from exchange.wake import Nobody
from exchange.wakes.broker import _FLAG_STANDS, ADVANCE, CHECK, SWEEP, Broker, celery_at
from tests.integration.towns import ZHIFANG
from tests.servers.platform import Platform, accepted, play, readiness, settle, submissions, submit
from workers import tasks
from workers.tasks import add_tasks

FLAG, FLAG_STANDS = "exchange:advance:waits", _FLAG_STANDS


@pytest.fixture
def kept(served, monkeypatch):
    """What Redis holds, and a flag that does not fall because a busy machine takes its time."""
    monkeypatch.setattr("exchange.wakes.broker._FLAG_STANDS", 300)
    with redis.Redis.from_url(served.redis.url) as client:
        yield client


def submitted(served: Platform, persons: int) -> None:
    for office, item in next(submissions(persons)):
        accepted(submit(served.node, office, item))


def test_what_is_recorded_here_is_forwarded_there(served):
    served.worker()
    served.worker()
    play(served.node, 10, lambda: settle(served.node))
    assert checks(served.node).equal
    assert readiness(served.node) == (200, {"status": "ok"})


def test_a_worker_has_opened_its_nodes_before_it_takes_anything(served):
    """Or the first to record after a new start would wait for that, though another worker was free."""
    submitted(served, 1)
    served.node.bell.close()
    worker = served.worker("--concurrency", "2")
    settle(served.node)
    said = [json.loads(line)["event"] for line in worker.log.read_text(encoding="utf-8").splitlines()]
    order = [each for each in said if each in {"node_opened", "worker_ready", "advanced"}]
    assert order[:3] == ["node_opened", "node_opened", "worker_ready"]


def test_hundreds_of_commands_make_one_wake_up_as_long_as_nobody_has_looked(served, kept):
    submitted(served, 200)
    served.node.bell.close()
    assert kept.llen(ADVANCE) == 1


def test_a_wake_up_bears_no_arguments(served, kept):
    submitted(served, 1)
    served.node.bell.close()
    arguments, named, _ = json.loads(base64.b64decode(json.loads(kept.lindex(ADVANCE, 0))["body"]))
    assert (arguments, named) == ([], {})


def test_what_is_recorded_while_a_worker_looks_can_ask_for_another_look(served, kept):
    """The flag is down before the work begins: taken down after it, it would swallow the last wake-up."""
    broker, app, standing = Broker(served.redis.url), celery_at(served.redis.url, patience=2), []

    def node():
        standing.append(kept.exists(FLAG))
        return served.node

    add_tasks(app, node, lambda: broker)
    served.node.bell.close()
    broker.looked()
    assert broker.send(None)
    assert not broker.send(None)
    app.tasks[ADVANCE].apply(throw=True)
    broker.close()
    assert standing == [0]


def test_a_sweep_that_has_worked_long_enough_goes_on_in_a_task_of_its_own(served, kept, monkeypatch):
    """Redis hands a task that takes too long to a second worker: two would do the same work at once."""
    monkeypatch.setattr(tasks, "LONGEST", 0.0)
    app = celery_at(served.redis.url, patience=2)
    broker = Broker(served.redis.url)
    add_tasks(app, lambda: served.node, lambda: broker)
    places: list[list[object]] = [[]]
    app.tasks[SWEEP].apply(throw=True)
    while waits := kept.lpop(SWEEP):
        arguments, _, _ = json.loads(base64.b64decode(json.loads(waits)["body"]))
        places.append(arguments)
        app.tasks[SWEEP].apply(arguments, throw=True)
    broker.close()
    assert places == [[], [1, None], [2, None], [3, None], [4, None]], "a slice for each duty, since nothing is due"


def test_what_takes_a_worker_longer_than_a_moment_another_is_asked_to_share(served, kept, monkeypatch):
    """One wake-up stands for all that was recorded: one process worked, and the others looked on."""
    app, broker = celery_at(served.redis.url, patience=2), Broker(served.redis.url)
    add_tasks(app, lambda: served.node, lambda: broker)
    submitted(served, 1)
    served.node.bell.close()
    kept.flushall()
    monkeypatch.setattr(tasks, "MOMENT", 60.0)
    app.tasks[ADVANCE].apply(throw=True)
    assert kept.llen(ADVANCE) == 0, "it was done in a moment"
    served.node.hear(Nobody())
    submitted(served, 2)
    monkeypatch.setattr(tasks, "MOMENT", 0.0)
    app.tasks[ADVANCE].apply(throw=True)
    broker.close()
    assert kept.llen(ADVANCE) == 1


def test_a_backlog_of_many_tasks_leaves_one_wake_up_waiting(served, kept, monkeypatch):
    """The flag fell while the only process went on working: each task found two wake-ups behind it, and took one."""
    app, broker = celery_at(served.redis.url, patience=2), Broker(served.redis.url)
    served.node.bell.close()
    kept.flushall()
    now = [0.0]
    monkeypatch.setattr("exchange.wakes.broker._FLAG_STANDS", FLAG_STANDS)
    monkeypatch.setattr(tasks, "time", SimpleNamespace(monotonic=lambda: now[0]))

    def endless(_node, enough):
        while not enough():
            now[0] += 1
            if (left := kept.pttl(FLAG)) > 0:
                kept.pexpire(FLAG, left - 1000)
            broker.queue(None)  # the clock, and whoever records
        return 1

    monkeypatch.setattr(tasks, "advance", endless)
    add_tasks(app, lambda: served.node, lambda: broker)
    waiting = []
    for _ in range(3):
        kept.lpop(ADVANCE)
        app.tasks[ADVANCE].apply(throw=True)
        waiting.append(kept.llen(ADVANCE))
    broker.close()
    assert waiting == [1, 1, 1]


def test_a_worker_whose_broker_goes_away_does_its_work_though_it_can_ask_nobody(served, monkeypatch):
    app, broker = celery_at(served.redis.url, patience=2), Broker(served.redis.url)
    add_tasks(app, lambda: served.node, lambda: broker)
    submitted(served, 1)
    served.redis.child.kill()
    monkeypatch.setattr(tasks, "MOMENT", 0.0)
    app.tasks[ADVANCE].apply(throw=True)
    broker.close()
    assert not anything_left(served.node)


def test_a_worker_checks_everybody_and_keeps_what_it_found(served):
    submitted(served, 3)
    worker = served.worker()
    settle(served.node)
    with celery_at(served.redis.url, patience=2) as app:
        app.send_task(CHECK, queue=CHECK)
    worker.wait_until(lambda: latest(served.node) is not None)
    kept = latest(served.node)
    assert kept is not None
    assert (kept.checked.persons, kept.checked.equal) == (3, True)


def test_what_a_lost_wake_up_left_is_found_by_the_clock(served):
    served.node.hear(Nobody())
    submitted(served, 3)
    served.worker("--beat")
    settle(served.node)


def test_a_worker_told_to_end_finishes_the_work_at_hand_and_gives_back_what_it_fetched(served, kept):
    submitted(served, 300)
    assert served.worker("--concurrency", "1").end() == 0
    assert kept.hlen("unacked") == 0
    advance(served.node)
    assert checks(served.node).equal


def test_the_reference_of_a_request_stands_in_the_log_of_the_work_that_it_causes(served):
    worker = served.worker()
    _, key = Keys(served.node.uow, served.node.clock).issue("a key of a test", [ZHIFANG], ("clerk",))
    headers = {"Authorization": f"Bearer {key}", "X-Request-Id": "request-of-a-test"}
    client = create_app(served.node).test_client()
    settle(served.node)  # what was there before is the work of other wake-ups
    for _, item in next(submissions(20)):  # and a worker that looks once more just then takes what is there
        event = {"id": new_id(served.node.clock()), "type": item.type, "effective_on": item.day, "with": item.content}
        answer = client.post("/v1/events", json=event, headers=headers)
        assert answer.status_code == 201, answer.text
        settle(served.node)
        time.sleep(0.1)  # it is said once it was committed
        if b"request-of-a-test" in worker.log.read_bytes():
            break
    worker.wait_until(lambda: b"request-of-a-test" in worker.log.read_bytes())
    told = [json.loads(line) for line in served.log().splitlines() if line.startswith("{")]
    assert {"advanced"} <= {line["event"] for line in told if line.get("reference") == "request-of-a-test"}


def test_the_log_of_a_worker_names_nobody(served):
    served.worker()
    play(served.node, 2, lambda: settle(served.node))
    assert not re.search("王小雨|420115198805", served.log())
