"""What anybody pushes into a queue of Redis neither ends a worker nor lets it stand still."""

import redis
from msgspec import json

from exchange.wakes.broker import ADVANCE, SWEEP
from tests.servers.platform import settle
from tests.servers.test_workers import submitted
from tests.unit.test_wake_up import NOT_OURS

GARBAGE = [b"\xff", b"", b"null", b"[" * 100_000, *map(json.encode, NOT_OURS.values())]


def test_garbage_in_a_queue_is_refused_and_logged_and_the_worker_lives_on(served):
    worker = served.worker("--concurrency", "1")
    with redis.Redis.from_url(served.redis.url) as kept:
        kept.lpush(SWEEP, *GARBAGE)
        kept.lpush(ADVANCE, *GARBAGE)
        submitted(served, 2)
        settle(served.node)
        worker.wait_until(lambda: worker.log.read_bytes().count(b"message_refused") == 2 * len(GARBAGE))
        worker.wait_until(lambda: kept.hlen("unacked") == 0)  # what is refused nobody is given again


def test_garbage_among_what_workers_have_in_hand_is_refused_and_the_next_worker_begins(served):
    with redis.Redis.from_url(served.redis.url) as kept:
        for number, garbage in enumerate([*GARBAGE, b'["x", [], {}]']):
            kept.hset("unacked", f"tag-{number}", garbage)
            kept.zadd("unacked_index", {f"tag-{number}": number + 1})
        worker = served.worker("--concurrency", "1")
        submitted(served, 2)
        settle(served.node)
        worker.wait_until(lambda: kept.zcard("unacked_index") == 0)
        assert kept.hlen("unacked") == 0
