"""A worker that waits at Redis itself: between a wake-up and the look that follows there is no queue and no process.

It stands beside the workers of Celery, which sweep and check. Whoever rings tells it first, and queues a task only
where nobody listens. What takes it longer than a moment, the others are asked to share, while it goes on; and the clock
wakes them too: a listener that stands still delays what was recorded by no more than that.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Final

import redis
import structlog

from exchange import logs
from exchange.pipeline.advance import advance
from exchange.pipeline.in_force import Superseded
from exchange.settings import Settings
from exchange.wakes.ear import Ear
from exchange.wakes.reach import Reach
from workers import pulse
from workers.process import Process
from workers.tasks import shared

PAUSE: Final = 1.0  # seconds after which it looks up from listening, and between two tries while Redis is away

_log = structlog.get_logger(__name__)


def listen(settings: Settings) -> None:
    """Look whenever somebody rings, the clock too, until SIGTERM or SIGINT."""
    logs.set_up(for_machines=True)
    ending = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ending.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, end)
    process = Process(settings)
    process.begin()  # or what was recorded as it began to listen would wait for a node to be opened
    ear, reach = process.broker().ear(), Reach()

    def enough() -> bool:
        pulse.beat(settings.data, pulse.LISTENER)
        return ending.is_set()

    try:
        while not enough():
            reference = _heard(ear, reach, ending)
            if reference is not None:
                with structlog.contextvars.bound_contextvars(reference=reference or None):
                    look(process, reference or None, enough, ending)
    finally:
        pulse.ends(settings.data, pulse.LISTENER)
        ear.close()
        process.close()


def _heard(ear: Ear, reach: Reach, ending: threading.Event) -> str | None:
    try:
        reference = ear.next(PAUSE)
    except redis.RedisError as error:
        reach.away(error)
        ending.wait(PAUSE)
        return None
    reach.there()
    return reference


def look(process: Process, reference: str | None, enough: Callable[[], bool], ending: threading.Event) -> None:
    """Do all the work that there is, until it is enough. It is the last look where a newer version is in force."""
    try:
        done = advance(process.node(), enough=shared(enough, process.broker, reference))
        if enough():
            process.broker().queue(reference)  # for what is left
    except Superseded as error:
        _log.error("superseded", **error.details)
        ending.set()
    except Exception:  # noqa: BLE001 (taken back as a whole, and said with its traceback; nobody else would say it)
        _log.exception("round_failed")
    else:
        _log.info("advanced", done=done) if done else _log.debug("nothing_to_do")
