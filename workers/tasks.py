"""The tasks. Each is one call of what does the work, with a policy of trying again around it."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

import structlog
from celery import Celery

from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.pipeline.in_force import Superseded, require_in_force
from exchange.pipeline.sweep import BEGINNING, sweep_from
from exchange.reconcile.reporting import BEGINNING as FIRST
from exchange.reconcile.reporting import left_over, report_from
from exchange.settings import SettingsWrong
from exchange.wakes.broker import Broker
from workers.queues import ADVANCE, CHECK, SWEEP
from workers.retries import DAILY, WORK
from workers.schedule import SWEEP_HOURS, last_night

ANSWERED = 0.3  # seconds after which a task that has ended was answered
MOMENT = 0.5  # seconds of work after which the others are asked to share it
KEEPS = 4.0  # seconds between two times that it says that those who were asked are still awaited
LONGEST = 20.0  # seconds of work in one task, so that no end of a worker waits long; a new one goes on behind it

_log = structlog.get_logger(__name__)


def add_tasks(app: Celery, node: Callable[[], Node], broker: Callable[[], Broker]) -> None:
    """Give the application its tasks. `node`, `broker`: those of the process in which a task runs."""

    def advance_task(task: Any) -> int:
        _says_that_it_looks(broker())
        return _advanced(node, broker, task.request.get("reference"))

    def sweep_task(task: Any, duty: int = BEGINNING[0], after: str | None = BEGINNING[1]) -> int:
        made, left = DAILY.run(lambda: sweep_from(node(), (duty, after), enough_after(LONGEST)))
        _advanced(node, broker, None)
        if left is not None:
            task.apply_async(left, queue=SWEEP)
        elif (place := DAILY.run(lambda: left_over(node(), last_night(node().clock())))) is not None:
            _log.warning("checks_taken_up", begun=place[0])
            # An outage was longer than they try again. Where nobody takes it, the next sweep asks again.
            task.app.tasks[CHECK].apply_async(place, queue=CHECK, expires=SWEEP_HOURS * 3600)
        return made

    def check_task(task: Any, begun: int | None = FIRST[0], after: str = FIRST[1]) -> None:
        require_in_force(node())
        left = DAILY.run(lambda: report_from(node(), (begun, after), enough_after(LONGEST)))
        if left is not None:
            task.apply_async(left, queue=CHECK)

    for name, function in ((ADVANCE, advance_task), (SWEEP, sweep_task), (CHECK, check_task)):
        app.task(_in_force(function), name=name, bind=True, shared=False)  # shared, every application would get it


def _in_force(act: Callable[..., Any]) -> Callable[..., Any]:
    """The task; where a newer version is in force it changes nothing, and the worker ends, as when an operator ends it.

    What it was asked to do the clock asks again, of whoever is in force.
    """

    @wraps(act)
    def whole(*arguments: Any) -> Any:
        try:
            return act(*arguments)
        except (SettingsWrong, Superseded) as error:  # the first, where this process was begun since
            _log.error("superseded", code=error.code, **error.details)
            # Once this was answered: a worker that is told so in the middle of an answer waits for it in vain.
            threading.Timer(ANSWERED, os.kill, (os.getppid(), signal.SIGTERM)).start()

    return whole


def _advanced(node: Callable[[], Node], broker: Callable[[], Broker], reference: str | None) -> int:
    """How much was done. Where there was too much for one task, another process looks."""
    late = enough_after(LONGEST)
    done = WORK.run(lambda: advance(node(), enough=shared(late, broker, reference)))
    _log.info("advanced", done=done) if done else _log.debug("nothing_to_do")
    if late():
        broker().queue(reference)
    return done


def shared(enough: Callable[[], bool], broker: Callable[[], Broker], reference: str | None) -> Callable[[], bool]:
    """`enough`, as it is asked between two rounds; a moment from now another process is asked to share, once.

    One wake-up stands for all that was recorded, and reaches one process: the others had nothing to do otherwise,
    however much there was. Where nobody is free to take it, it waits, and the clock queues none beside it.
    """
    late, asked = enough_after(MOMENT), False

    def asking() -> bool:
        nonlocal late, asked
        if late():
            if asked:
                _unless_away("flag_falls", lambda: broker().still_waits())
            else:
                _unless_away("others_not_asked", lambda: broker().queue(reference))
            late, asked = enough_after(KEEPS), True
        return enough()

    return asking


def enough_after(seconds: float) -> Callable[[], bool]:
    """Whether so much time has gone by since now."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _says_that_it_looks(broker: Broker) -> None:
    """Before the work, never after it: what is recorded meanwhile must be able to ask for another look."""
    _unless_away("flag_left_standing", broker.looked)


def _unless_away(what: str, tell: Callable[[], object]) -> None:
    """A broker that is away holds up no work: its flag falls by itself, and the clock wakes the others."""
    try:
        tell()
    except Exception as error:  # noqa: BLE001 (each broker's client has its own)
        _log.warning(what, why=str(error))
