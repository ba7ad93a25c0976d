"""The application of Celery that workers run, made from the settings of a node."""

from __future__ import annotations

from typing import Any

import structlog
from celery import Celery, signals

from exchange.settings import Settings
from exchange.wakes.broker import celery_at, is_redis
from workers import lines, opening, pulse
from workers.process import Process
from workers.schedule import schedule
from workers.tasks import add_tasks

PATIENCE = 10.0  # seconds that a worker waits for its broker to answer
BEGINNING = 60.0  # seconds that one of its processes may take to open its node, before it counts as failed

_log = structlog.get_logger(__name__)


def make_app(settings: Settings) -> Celery:
    """The application, with its tasks, its clock, and what each of its processes opens and closes."""
    app = celery_at(settings.broker_url, patience=PATIENCE)
    app.conf.update(
        beat_max_loop_interval=max(1, min(settings.poll_seconds, 20)),
        beat_schedule=schedule(settings),
        beat_scheduler="workers.schedule:Clock",
        broker_connection_max_retries=None,  # a worker waits for its broker for ever
        broker_connection_retry_on_startup=True,
        broker_transport="workers.careful:CarefulTransport" if is_redis(settings.broker_url) else None,
        exchange_settings=settings,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        timezone="Asia/Shanghai",
        worker_cancel_long_running_tasks_on_connection_loss=False,  # what is begun is finished, and does no harm twice
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        # Where Redis goes away just as a wake-up is acknowledged, Celery counts it as at hand for ever: with any limit
        # such wake-ups fill it, and a worker that looks alive takes no other. Few are ever there, so none is needed.
        worker_prefetch_multiplier=0 if is_redis(settings.broker_url) else 1,
        worker_proc_alive_timeout=BEGINNING,
        worker_redirect_stdouts=False,
        worker_send_task_events=False,
    )
    process = Process(settings)
    add_tasks(app, process.node, process.broker)
    said = opening.Opening()
    app.steps["worker"].add(opening.step(said, BEGINNING))
    _connect(process, said, settings)
    return app


def _connect(process: Process, said: opening.Opening, settings: Settings) -> None:
    """Hang on to the moments that Celery tells of."""

    def set_up_logging(**_: Any) -> None:
        lines.set_up()

    def began(task: Any, **_: Any) -> None:
        structlog.contextvars.bind_contextvars(task=task.name, reference=task.request.get("reference"))

    def ended(**_: Any) -> None:
        structlog.contextvars.clear_contextvars()

    def ready(**_: Any) -> None:
        pulse.beat(settings.data, pulse.WORKER)
        _log.info("worker_ready")

    def beats(**_: Any) -> None:
        pulse.beat(settings.data, pulse.WORKER)

    def ticking(**_: Any) -> None:
        _log.info("clock_ready")

    def forked(**_: Any) -> None:
        try:
            process.begin()
        finally:
            said.said()

    def closing(**_: Any) -> None:
        process.close()

    for signal, receiver in (
        (signals.setup_logging, set_up_logging),
        (signals.task_prerun, began),
        (signals.task_postrun, ended),
        (signals.worker_ready, ready),
        (signals.heartbeat_sent, beats),
        (signals.beat_init, ticking),
        (signals.worker_process_init, forked),
        (signals.worker_process_shutdown, closing),
    ):
        signal.connect(receiver, weak=False)
