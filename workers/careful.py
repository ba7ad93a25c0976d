"""Redis, taken from with care: whoever may write there can push anything into a queue, and what is no wake-up of ours
ends in the log.

The library takes for granted that it put in what it takes out. Anything else raised in its loop, and ended the worker.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import structlog
from kombu.transport import redis
from msgspec import MsgspecError

from workers.wake_up import require_ours

_log = structlog.get_logger(__name__)

# What raises whoever reads out of bytes what does not stand there; what Redis itself raises is none of these.
_GARBAGE: Final = (AttributeError, LookupError, MsgspecError, RecursionError, TypeError, ValueError)


class CarefulQoS(redis.QoS):  # type: ignore[misc]  # kombu has no types
    """Gives back to the queues what a worker that was killed had in hand, and drops what it cannot read of that."""

    def restore_by_tag(self, tag: Any, client: Any = None, leftmost: bool = False) -> None:
        try:
            super().restore_by_tag(tag, client, leftmost)
        except _GARBAGE as error:
            _refuse(error)
            with self.channel.conn_or_acquire(client) as taken:
                taken.zrem(self.unacked_index_key, tag)
                taken.hdel(self.unacked_key, tag)


class CarefulChannel(redis.Channel):  # type: ignore[misc]  # kombu has no types
    """Refuses what it cannot read. It was taken out of the queue before, and nobody gets it again."""

    QoS = CarefulQoS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.handlers["BRPOP"] = self._read_or_refuse

    def basic_consume(self, queue: str, no_ack: bool, callback: Any, consumer_tag: str, **kwargs: Any) -> None:
        super().basic_consume(queue, no_ack, callback, consumer_tag, **kwargs)
        callbacks = self.connection._callbacks  # noqa: SLF001 (its own kind)
        callbacks[queue] = self._taking(callbacks[queue])

    def _read_or_refuse(self, **options: Any) -> Any:
        try:
            return self._brpop_read(**options)
        except _GARBAGE as error:
            return _refuse(error)

    def _taking(self, take: Callable[[Any], object]) -> Callable[[Any], object]:
        def careful(raw: Any) -> object:
            require_ours(raw)
            return take(raw)

        return careful


class CarefulTransport(redis.Transport):  # type: ignore[misc]  # likewise
    """Redis, by such channels."""

    Channel = CarefulChannel


def _refuse(error: Exception) -> bool:
    """Say that there was something; not what, which anybody may have written."""
    _log.error("message_refused", why=type(error).__name__)
    return True


__all__ = ["CarefulTransport"]
