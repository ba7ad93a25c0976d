"""The broker at an address: the queues that it keeps for us, and how a wake-up is put into one.

A wake-up says "look", and bears nothing but the reference of the request behind it; one to sweep also says where the
slice before it left off. One that waits is enough for all that was recorded meanwhile: on Redis a flag stands while one
waits, which a worker takes down before it begins to look; RabbitMQ itself keeps no more than one in the queue. On Redis
a worker may also listen itself; it is told first, and nothing is queued then but by the clock, should it stand still.
Losing a wake-up, or the flag, delays and loses nothing.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import redis
from celery import Celery
from kombu import Exchange, Queue
from redis.backoff import NoBackoff
from redis.retry import Retry

from exchange.wakes.ear import Ear

ADVANCE = "exchange.advance"  # the task and its queue
SWEEP = "exchange.sweep"  # likewise
CHECK = "exchange.check"  # likewise

VISIBLE = 300  # seconds after which Redis hands a task to a second worker: longer than any takes, with its tries

_FLAG = "exchange:advance:waits"
_FLAG_STANDS = 10  # seconds, should whoever put it up or was to take it down be killed
_QUORUM = {"x-queue-type": "quorum"}  # a queue cannot change its type or arguments: rename it instead
_ONE = {**_QUORUM, "x-max-length": 1, "x-overflow": "drop-head"}
_REDIS: dict[str, Any] = {
    "visibility_timeout": VISIBLE,
    "unacked_restore_interval": 2,
    "unacked_restore_throttle": 1,
    "health_check_interval": 5,
    "socket_keepalive": True,
}
_AT_ONCE = {"max_retries": 1, "interval_start": 0, "interval_step": 0, "interval_max": 0}


def celery_at(url: str, *, patience: float) -> Celery:
    """An application of Celery that knows our queues and no task. `patience`: seconds to wait for the broker."""
    app = Celery("exchange", broker=url, set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        broker_connection_timeout=patience,
        broker_heartbeat=10,
        task_default_queue=ADVANCE,
        task_create_missing_queues=False,
        task_ignore_result=True,
        task_queues=_queues(url),
        task_serializer="json",
    )
    timeouts = {"socket_timeout": patience, "socket_connect_timeout": patience}
    app.conf.broker_transport_options = {**_REDIS, **timeouts} if is_redis(url) else {"confirm_publish": True}
    return app


def is_redis(url: str) -> bool:
    """Whether the address is one of Redis; of RabbitMQ otherwise."""
    return url.startswith("redis")


def _queues(url: str) -> tuple[Queue, ...]:
    if is_redis(url):
        return tuple(Queue(name, routing_key=name) for name in (ADVANCE, SWEEP, CHECK))
    work = Exchange("exchange.work", type="topic")
    kept: dict[str, dict[str, Any]] = {ADVANCE: _ONE, SWEEP: _QUORUM, CHECK: _QUORUM}
    return tuple(Queue(name, work, routing_key=name, queue_arguments=how) for name, how in kept.items())


class Broker:
    """Where wake-ups are handed in. Any call may raise what the broker's client raises, in about `patience` seconds."""

    def __init__(self, url: str, *, patience: float = 2.0) -> None:
        self._app = celery_at(url, patience=patience)
        self._patience = patience
        self._redis = _client(url, patience) if is_redis(url) else None

    def send(self, reference: str | None) -> bool:
        """Let whoever listens look, or a worker unless one is about to. Whether a wake-up was sent."""
        if self._redis is not None and self._redis.publish(_channel(self._redis), reference or ""):
            return True
        return self.queue(reference)

    def queue(self, reference: str | None) -> bool:
        """Let a worker look unless one is about to, whoever listens. Whether a wake-up was put into the queue."""
        if self._redis is not None and not self._redis.set(_FLAG, b"1", nx=True, ex=_FLAG_STANDS):
            return False
        try:
            self._app.send_task(ADVANCE, headers={"reference": reference}, queue=ADVANCE, retry_policy=_AT_ONCE)
        except Exception:
            with suppress(redis.RedisError):
                self.looked()
            raise
        return True

    def still_waits(self) -> None:
        """The wake-up that was queued still waits: let the flag stand on, while somebody works who asked for it."""
        if self._redis is not None:
            self._redis.expire(_FLAG, _FLAG_STANDS)  # where it is down by now, somebody has taken the wake-up

    def ear(self) -> Ear:
        """Hears what is sent from now on. Raises ValueError where the broker is not Redis."""
        if self._redis is None:
            raise ValueError("only Redis can be listened to")
        return Ear(self._redis, _channel(self._redis))

    def looked(self) -> None:
        """Somebody looks now: what is recorded from here on needs a new wake-up."""
        if self._redis is not None:
            self._redis.delete(_FLAG)

    def ping(self) -> None:
        """Raises what the client raises where the broker cannot be reached."""
        if self._redis is not None:
            self._redis.ping()
            return
        with self._app.connection_for_write() as connection:
            connection.ensure_connection(max_retries=1, interval_start=0, timeout=self._patience)

    def close(self) -> None:
        """Let go of the connections."""
        self._app.close()
        if self._redis is not None:
            self._redis.close()


def _channel(client: redis.Redis) -> str:
    # Unlike keys, channels are the same in all databases of a server.
    return f"exchange:look:{client.get_connection_kwargs().get('db', 0)}"


def _client(url: str, patience: float) -> redis.Redis:
    return redis.Redis.from_url(
        url, socket_timeout=patience, socket_connect_timeout=patience, retry=Retry(NoBackoff(), 1)
    )
