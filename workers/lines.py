"""The log of a worker's processes: whatever Celery says of itself takes the form of every other line."""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any

import celery.apps.worker
from celery.utils.log import get_multiprocessing_logger

from exchange import logs
from exchange.clock import utcnow


def set_up() -> None:
    """Before Celery says anything; again changes nothing."""
    logs.set_up(for_machines=True)
    logging.captureWarnings(True)
    of_processes = get_multiprocessing_logger()
    of_processes.propagate = True  # that one of them was killed it says past every handler
    of_processes.setLevel(logging.WARNING)
    celery.apps.worker.safe_say = _say


def _say(message: str, *_: Any) -> None:
    """What it says from within the handler of a signal, where no log may be written to: straight to standard error."""
    line = {"event": message.strip(), "level": "info", "logger": "celery.apps.worker"}
    said = json.dumps({**line, "timestamp": utcnow().isoformat().replace("+00:00", "Z")}, ensure_ascii=False)
    os.write(sys.stderr.fileno(), f"{said}\n".encode())
