"""The log of a process: lines for people or, in the server setting, one JSON object each, on standard error.

What is bound while a request or a task runs, its reference above all, stands in each of their lines. Lines of libraries
take the same form.
"""

from __future__ import annotations

import logging
import sys
from typing import TextIO

import structlog
from structlog.typing import Processor

_SHARED: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


# A line for each wake-up, and for each request that the demo or the runner of scenarios sends.
TALKATIVE = ("alembic", "celery.app.trace", "celery.beat", "celery.worker.strategy", "httpx")


class _ToStandardError(logging.StreamHandler[TextIO]):
    """Writes to whatever standard error is at the time, which a test or a caller may have put in its place since."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


def set_up(*, for_machines: bool, level: int = logging.INFO) -> None:
    """Begin to log in this process. Calling it again changes the form."""
    # A traceback never shows the values of variables, as structlog would have it for people: some are of persons.
    last: list[Processor]
    if for_machines:
        last = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    else:
        plain = structlog.dev.plain_traceback
        last = [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
    handler = _ToStandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
