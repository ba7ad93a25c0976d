"""The same over RabbitMQ's quorum queues. `make rabbitmq` installs Debian's server, which `make test` does without."""

import pytest
from kombu import Connection

from exchange.reconcile import checks
from exchange.wakes.broker import ADVANCE
from tests.servers.platform import Platform, accepted, play, readiness, settle, submissions, submit
from tests.servers.rabbitmq import RabbitMQ

pytestmark = pytest.mark.rabbitmq


@pytest.fixture
def broker(tmp_path):
    begun = RabbitMQ(tmp_path)
    yield begun
    begun.end()


@pytest.fixture
def served(tmp_path, broker):
    made = Platform(tmp_path, broker)
    yield made
    made.close()


def waiting(served: Platform) -> int:
    with Connection(served.redis.url) as connection:
        return int(connection.default_channel.queue_declare(ADVANCE, passive=True).message_count)


def test_hundreds_of_commands_leave_one_wake_up_and_a_worker_does_it_all(served):
    for office, item in next(submissions(200)):
        accepted(submit(served.node, office, item))
    served.node.bell.close()
    assert waiting(served) == 1
    served.worker()
    settle(served.node)
    assert checks(served.node).equal


def test_killed_workers_lose_nothing(served):
    first, *_ = served.worker("--beat"), served.worker()
    play(served.node, 20, lambda: settle(served.node), lambda done: first.kill() if done == 30 else None)
    assert checks(served.node).equal
    assert readiness(served.node) == (200, {"status": "ok"})


def test_without_it_a_write_is_accepted_and_readiness_says_degraded(served, broker):
    broker.end()
    ((office, item),) = next(submissions(1))
    accepted(submit(served.node, office, item))
    assert readiness(served.node) == (200, {"status": "degraded", "lacking": ["broker"]})
