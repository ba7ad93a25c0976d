"""Whatever is done to the broker and to workers in the middle of the work: nothing is lost, and nothing happens twice.

What workers make of the submissions is what one process alone, without any broker, makes of the same.
"""

import logging
import os
import random
import signal
import threading
import time
from collections.abc import Callable

import msgspec
import pytest
from structlog.testing import capture_logs

from exchange.clock import utcnow
from exchange.pipeline.advance import advance
from exchange.reconcile import checks
from tests.databases import database
from tests.integration.towns import opened
from tests.servers.platform import PATIENCE, Meanwhile, Platform, platform, play, readiness, settle, told
from workers.app import make_app
from workers.schedule import Clock

PERSONS = 25


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """What comes of the same submissions in the embedded setting."""
    node = opened(tmp_path_factory.mktemp("alone"), clock=utcnow)
    play(node, PERSONS, lambda: advance(node))
    found = told(node)
    assert checks(node).equal
    node.close()
    return found


@pytest.fixture
def served(tmp_path, server):
    with database(server) as address, platform(tmp_path, address) as made:
        yield made


def plays(served: Platform, meanwhile: Meanwhile) -> tuple[object, ...]:
    play(served.node, PERSONS, lambda: settle(served.node), meanwhile)
    return told(served.node)


def test_redis_emptied_again_and_again_loses_and_doubles_nothing(served, alone):
    served.worker("--beat")
    served.worker()
    assert plays(served, lambda done: done % 5 or served.redis.flush()) == alone
    assert checks(served.node).equal


def test_what_is_recorded_whenever_redis_is_away_is_accepted_and_forwarded_once_it_is_back(served, alone):
    served.worker("--beat")

    def away_for_a_while(done: int) -> None:
        if done % PERSONS == 5:
            served.redis.child.kill()
            assert readiness(served.node) == (200, {"status": "degraded", "lacking": ["broker"]})
        if done % PERSONS == 15:
            served.redis.begin()

    assert plays(served, away_for_a_while) == alone
    assert checks(served.node).equal
    assert readiness(served.node) == (200, {"status": "ok"})


def test_no_write_waits_for_a_broker_that_is_away(served):
    served.redis.child.kill()
    begun = time.monotonic()
    play(served.node, 5, lambda: advance(served.node))
    assert time.monotonic() - begun < 10  # each of fifteen would wait for a second or two


def test_that_the_broker_is_away_is_said_once_and_that_it_is_back_once(served):
    with capture_logs() as logged:
        served.redis.child.kill()
        play(served.node, 3, lambda: advance(served.node))
        assert not served.node.bell.heard()
        served.redis.begin()
        assert served.node.bell.heard()
        assert served.node.bell.heard()
    said = [line["event"] for line in logged if line["event"].startswith("broker")]
    assert said == ["broker_away", "broker_back"]


@pytest.fixture
def ticks(served):
    """Lets a clock that asks many times a second run for some seconds, and on until it is enough.

    Nobody else asks for the broker meanwhile.
    """
    served.node.bell.close()
    clock = Clock(app=make_app(msgspec.structs.replace(served.node.settings, poll_seconds=0.05)))

    def run(seconds: float, enough: Callable[[], object] = lambda: True) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end or not enough():
            assert time.monotonic() < end + PATIENCE
            time.sleep(max(0.0, min(0.05, clock.tick())))

    yield run
    clock.close()


@pytest.fixture
def said(caplog):
    """What is logged, by us or by Celery: a line each, but for what is asked for at its time of day."""
    with capture_logs() as logged:
        yield lambda: [
            *(line["event"] for line in logged if line["event"] != "asked"),
            *(record.msg for record in caplog.records if record.levelno > logging.INFO),
        ]


def test_a_clock_that_asks_on_and_on_says_once_that_the_broker_is_away_and_once_that_it_is_back(served, ticks, said):
    ticks(0.2)
    served.redis.child.kill()
    ticks(1, said)
    assert said() == ["broker_away"]
    served.redis.begin()
    ticks(0.5, lambda: len(said()) > 1)
    assert said() == ["broker_away", "broker_back"]


def test_a_clock_that_begins_while_the_broker_is_away_says_so_once_and_waits(served, ticks, said):
    served.redis.child.kill()
    ticking = threading.Thread(target=ticks, args=(1,))
    ticking.start()
    ticking.join(3)
    end = time.monotonic() + PATIENCE
    while not said():
        assert time.monotonic() < end
        time.sleep(0.05)
    assert said() == ["broker_away"]
    served.redis.begin()
    ticking.join(PATIENCE)
    assert not ticking.is_alive()
    assert said() == ["broker_away", "broker_back"]


def test_workers_killed_in_the_middle_of_their_work_lose_and_double_nothing(served, alone):
    lasting = served.worker("--beat")
    chance = random.Random(7)

    def kill(done: int) -> None:
        if done % 25 == 0:
            short_lived = served.worker("--concurrency", "1")
            time.sleep(chance.random() / 5)
            short_lived.kill()
        elif done % 6 == 0:
            for pid in lasting.children():
                os.kill(pid, signal.SIGKILL)

    assert plays(served, kill) == alone
    assert checks(served.node).equal
    assert "signal 9 (SIGKILL)" in served.log()
