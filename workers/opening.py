"""A worker takes nothing, and is not called ready, before its processes have opened what their tasks need.

They open it beside each other while the worker goes on: what it took meanwhile waited, though another worker was free.
"""

from __future__ import annotations

import os
import select
import time
from contextlib import suppress
from typing import Any

from celery import bootsteps
from celery.worker import state

PATIENCE = 10.0  # seconds; then it begins with those that have opened
_LOOK = 0.2  # seconds between two looks at whether it is to end


class Opening:
    """A pipe into which each process says a byte. It is there before they are forked, and in a worker only."""

    def __init__(self) -> None:
        self._ends: tuple[int, int] | None = None

    def prepare(self) -> None:
        """Before the processes are forked."""
        self._ends = os.pipe()
        for end in self._ends:
            os.set_blocking(end, False)

    def said(self) -> None:
        """In one of the processes: it has opened what it could. One that is begun anew may find nobody who reads."""
        if self._ends is not None:
            with suppress(OSError):
                os.write(self._ends[1], b".")

    def wait(self, processes: int, longest: float, patience: float = PATIENCE) -> bool:
        """Whether so many have said so. Raises WorkerShutdown where the worker is told to end.

        `longest`: seconds to wait where none has, since whatever it took would lie with it until one has.
        """
        if self._ends is None:
            return False
        begun, missing = time.monotonic(), processes
        while missing > 0:
            state.maybe_shutdown()
            left = begun + (patience if missing < processes else longest) - time.monotonic()
            if left <= 0:
                return False
            if select.select([self._ends[0]], [], [], min(left, _LOOK))[0]:
                missing -= len(os.read(self._ends[0], missing))
        return True


def step(opening: Opening, longest: float) -> type[bootsteps.StartStopStep]:
    """What a worker does between forking its processes and taking from its queues."""

    class Opened(bootsteps.StartStopStep):  # type: ignore[misc]  # celery has no types
        requires = ("celery.worker.components:Pool",)

        def __init__(self, worker: Any, **given: Any) -> None:
            super().__init__(worker, **given)
            opening.prepare()

        def start(self, worker: Any) -> None:
            opening.wait(worker.concurrency, longest)

    return Opened


__all__ = ["Opening", "step"]
