"""A worker that listens to a real Redis itself, beside the workers of Celery."""

import json
import os
import signal
import threading
import time

import pytest
import redis
import structlog
from click.testing import CliRunner

from exchange.cli import main
from exchange.cli.exit_codes import BAD_INPUT, FINE, UNAVAILABLE
from exchange.pipeline.advance import anything_left
from exchange.pipeline.forward import forward
from exchange.reconcile import checks
from exchange.wakes.broker import ADVANCE
from tests.servers.platform import Platform, accepted, play, settings_of, settle, submissions, submit
from workers import listening, tasks
from workers.process import Process


@pytest.fixture
def kept(served, monkeypatch):
    """What Redis holds, and a flag that does not fall because a busy machine takes its time."""
    monkeypatch.setattr("exchange.wakes.broker._FLAG_STANDS", 300)
    with redis.Redis.from_url(served.redis.url) as client:
        yield client


@pytest.fixture
def listener(served, kept):
    """Ready, and with nothing queued of what was rung before it listened."""
    made = served.listener()
    settle(served.node)
    kept.flushall()
    return made


def submitted(served: Platform) -> None:
    """One person is registered."""
    for office, item in next(submissions(1)):
        accepted(submit(served.node, office, item))


def test_whoever_listens_forwards_and_nothing_is_queued(served, kept, listener):
    play(served.node, 3, lambda: settle(served.node))
    assert checks(served.node).equal
    os.kill(listener.pid, signal.SIGSTOP)  # itself it may queue a task, where a busy machine takes long for a round
    kept.flushall()
    *_, (office, item) = next(submissions(4))
    accepted(submit(served.node, office, item))
    served.node.bell.close()
    assert kept.llen(ADVANCE) == 0
    os.kill(listener.pid, signal.SIGCONT)
    assert listener.end() == 0


def test_who_says_that_it_is_ready_has_its_node_open(listener):
    said = [json.loads(line)["event"] for line in listener.log.read_text().splitlines()]
    assert said.index("node_opened") < said.index("listener_ready")


def test_where_nobody_listens_any_more_a_task_is_queued_again(served, kept, listener):
    listener.end()
    submitted(served)
    served.node.bell.close()
    assert kept.llen(ADVANCE) == 1


def test_a_listener_that_stands_still_holds_nothing_up(served, listener):
    """Redis takes it for one that hears; the clock wakes the workers all the same."""
    served.worker("--beat")
    os.kill(listener.pid, signal.SIGSTOP)
    submitted(served)
    settle(served.node)


def test_what_takes_longer_than_a_moment_the_others_are_asked_to_share(served, kept, monkeypatch):
    monkeypatch.setattr(tasks, "MOMENT", 0.0)
    submitted(served)
    served.node.bell.close()
    kept.flushall()
    process = Process(settings_of(served.given))
    listening.look(process, None, lambda: False, threading.Event())
    process.close()
    assert kept.llen(ADVANCE) == 1


def test_a_listener_goes_on_with_what_takes_it_longer_than_a_moment(served, monkeypatch):
    """Nobody else may be there, and nobody rings again for what was recorded before."""
    monkeypatch.setattr(tasks, "MOMENT", 0.0)
    monkeypatch.setattr("exchange.pipeline.advance.forward", lambda node: forward(node, 1))
    for office, item in next(submissions(3)):
        accepted(submit(served.node, office, item))
    process = Process(settings_of(served.given))
    listening.look(process, None, lambda: False, threading.Event())
    process.close()
    assert not anything_left(served.node)


def test_a_listener_that_is_told_to_end_leaves_the_rest_to_the_others(served, kept):
    submitted(served)
    served.node.bell.close()
    kept.flushall()
    process = Process(settings_of(served.given))
    listening.look(process, None, lambda: True, threading.Event())
    process.close()
    assert kept.llen(ADVANCE) == 1


def test_a_listener_hears_again_once_redis_is_back(served, listener):
    served.redis.child.kill()
    listener.wait_until(lambda: b"broker_away" in listener.log.read_bytes())
    served.redis.begin()
    listener.wait_until(lambda: listener.log.read_bytes().count(b"listener_ready") == 2)
    submitted(served)
    settle(served.node)


def test_the_log_of_a_listener_bears_the_reference_of_what_it_was_rung_for(served, listener):
    for office, item in next(submissions(20)):  # a listener that looks once more just then takes what is there
        with structlog.contextvars.bound_contextvars(reference="request-of-a-test"):
            accepted(submit(served.node, office, item))
        settle(served.node)
        time.sleep(0.1)  # it is said once it was committed
        if b"request-of-a-test" in listener.log.read_bytes():
            break
    listener.wait_until(lambda: b"request-of-a-test" in listener.log.read_bytes())
    (told, *_) = [json.loads(line) for line in listener.log.read_text().splitlines() if "request-of-a-test" in line]
    assert (told["event"], told["reference"]) == ("advanced", "request-of-a-test")


def asked(served: Platform, *line: str, **given: str) -> tuple[int, str | None]:
    """The exit status of `exchange worker --listen`, and by which rule it refuses."""
    environment = {f"EXCHANGE_{name.upper()}": text for name, text in {**served.given, **given}.items()}
    told = CliRunner().invoke(main, ["worker", "--listen", *line, "--json"], env=environment)
    return told.exit_code, json.loads(told.stdout).get("error", {}).get("rule")


def test_whether_a_listener_is_alive_is_asked_by_the_same_command(served):
    assert asked(served, "--check") == (UNAVAILABLE, None)
    served.listener()
    assert asked(served, "--check") == (FINE, None)


def test_a_listener_is_no_clock_and_hears_redis_alone(served):
    assert asked(served, "--beat") == (BAD_INPUT, "cli.worker.listens_only")
    assert asked(served, broker_url="amqp://localhost") == (BAD_INPUT, "cli.worker.only_redis")


def test_a_listener_is_one_process(served):
    assert asked(served, "--concurrency", "4") == (BAD_INPUT, "cli.worker.listens_alone")
