"""An ear at Redis: hears each wake-up the moment it is sent, with no queue in between."""

from __future__ import annotations

import redis
import structlog

_log = structlog.get_logger(__name__)


class Ear:
    """Listens from the first `next` on, and again by itself after Redis was away."""

    def __init__(self, client: redis.Redis, channel: str) -> None:
        self._heard = client.pubsub()  # type: ignore[no-untyped-call]  # of the library
        self._channel = channel

    def next(self, patience: float) -> str | None:
        """What the next wake-up bears, the reference of a request or nothing; None if none comes for so many seconds.

        As it begins to listen it hears one, for those sent before. Raises redis.RedisError where Redis is away.
        """
        if not self._heard.subscribed:
            self._heard.subscribe(self._channel)
        message = self._heard.get_message(timeout=patience)
        if message is None:
            return None
        if message["type"] != "message":
            _log.info("listener_ready")
            return ""
        while (later := self._heard.get_message()) is not None:  # one look is enough for all that were sent by now
            message = later
        return str(message["data"], "utf-8", "replace")  # anybody may say anything here; that somebody did is enough

    def close(self) -> None:
        """Listen no more."""
        self._heard.close()
