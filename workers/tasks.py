"""The tasks. Each is one call of what does the work, with a policy of trying again around it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import structlog
from celery import Celery

from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.pipeline.sweep import sweep
from exchange.wakes.broker import Broker
from workers.queues import ADVANCE, SWEEP
from workers.retries import DAILY, WORK

LONGEST = 20.0  # seconds of advancing in one task, so that no end of a worker waits long; a new wake-up goes on

_log = structlog.get_logger(__name__)


def add_tasks(app: Celery, node: Callable[[], Node], broker: Callable[[], Broker]) -> None:
    """Give the application its tasks. `node`, `broker`: those of the process in which a task runs."""

    def advance_task(task: Any) -> int:
        _says_that_it_looks(broker())
        done, whole = _advanced(node)
        if not whole:
            broker().send(task.request.get("reference"))
        return done

    def sweep_task(_task: Any) -> int:
        ended = DAILY.run(lambda: sweep(node()))
        _advanced(node)
        return ended

    for name, function in ((ADVANCE, advance_task), (SWEEP, sweep_task)):
        app.task(function, name=name, bind=True, shared=False)  # or every other application would get it, too


def _advanced(node: Callable[[], Node]) -> tuple[int, bool]:
    """How much was done, and whether nothing is left."""
    end = time.monotonic() + LONGEST
    done = WORK.run(lambda: advance(node(), enough=lambda: time.monotonic() > end))
    _log.info("advanced", done=done) if done else _log.debug("nothing_to_do")
    return done, time.monotonic() <= end


def _says_that_it_looks(broker: Broker) -> None:
    """Before the work, never after it: what is recorded meanwhile must be able to ask for another look."""
    try:
        broker.looked()
    except Exception as error:  # noqa: BLE001 (a broker that is away holds up no work; its flag falls by itself)
        _log.warning("flag_left_standing", why=str(error))
