"""How many requests wait for a thread, told when it says something.

The server warns of each single request that has to wait. With a database that takes one writer at a time, a short queue
is how a burst is meant to be taken: more threads would wait for the database instead, and fill its lock. What says
something is a queue that grows: then somebody sends more than the node can take.
"""

from __future__ import annotations

import logging

import structlog

STEP = 64  # requests; at some hundred answers a second, waiting for this many is felt

_log = structlog.get_logger(__name__)


class Backlog(logging.Filter):
    """Passes no line of the server's queue on, and tells of every further `STEP` requests that wait."""

    def filter(self, record: logging.LogRecord) -> bool:
        depth = record.args[0] if isinstance(record.args, tuple) and record.args else None
        if not isinstance(depth, int):
            return True
        if depth % STEP == 0:
            _log.warning("requests_wait", waiting=depth)
        return False


def watch_queue() -> None:
    """Begin, once for the process."""
    queue = logging.getLogger("waitress.queue")
    if not any(isinstance(each, Backlog) for each in queue.filters):
        queue.addFilter(Backlog())
