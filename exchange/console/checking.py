"""The four checks for a page: they take seconds, so they run beside it, and the page shows the last result."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

import structlog

_log = structlog.get_logger(__name__)

Result = TypeVar("Result")


class Beside(Generic[Result]):
    """Runs `work` in a thread of its own whenever what it looks at has changed, one run at a time."""

    def __init__(self, work: Callable[[], Result]) -> None:
        self._work = work
        self._lock = threading.Lock()
        self._running: threading.Thread | None = None
        self._seen: Hashable = None
        self._result: Result | None = None

    def latest(self, seen: Hashable) -> tuple[Result | None, bool]:
        """The last result, and whether it is of what is `seen` now; a run begins where it is not."""
        with self._lock:
            fresh = self._result is not None and self._seen == seen
            if not fresh and (self._running is None or not self._running.is_alive()):
                self._running = threading.Thread(target=self._run, args=(seen,), name="exchange-checks", daemon=True)
                self._running.start()
            return self._result, fresh

    def wait(self) -> None:
        """Until the run at hand has ended."""
        running = self._running
        if running is not None:
            running.join()

    def _run(self, seen: Hashable) -> None:
        try:
            result = self._work()
        except Exception:  # noqa: BLE001 (the page goes on with the result that it has; the next look tries again)
            _log.exception("checks_failed")
            return
        with self._lock:
            self._result, self._seen = result, seen
