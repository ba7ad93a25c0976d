"""The embedded worker: a thread that advances the node when it is woken, and now and then without being asked."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import structlog

from events.pinyin import read_tables
from exchange.clock import day_of
from exchange.pipeline.advance import advance, never
from exchange.pipeline.in_force import Superseded
from exchange.pipeline.sweep import sweep
from exchange.wake import nobody

if TYPE_CHECKING:
    from exchange.node import Node

_log = structlog.get_logger(__name__)


class Loop:
    """Starts with `start`, ends with `stop`. A wake-up only says "look": whatever it should have told, a poll finds."""

    def __init__(self, node: Node, superseded: Callable[[], object] = never) -> None:
        """`superseded`: is told that it has ended by itself, since a newer version is in force."""
        self._node = node
        self._superseded = superseded
        self._woken = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="exchange-worker", daemon=True)
        self._swept: date | None = None
        self.failure: Exception | None = None  # of the last round, for the readiness check; None when it went well

    def start(self) -> Loop:
        """Begin, and be woken by the node's commits from now on."""
        self._node.on_wake = self._woken.set
        self._thread.start()
        return self

    def stop(self) -> None:
        """Finish the round at hand and end."""
        self._ending = True
        self._node.on_wake = nobody
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        read_tables()
        while not self._ending:
            try:
                self._new_day()
                advance(self._node)
                self.failure = None
            except Superseded as error:
                self.failure = error
                _log.error("superseded", **error.details)
                self._superseded()
                return
            except Exception as error:  # noqa: BLE001 (taken back as a whole; the next round finds the same work again)
                self.failure = error
                _log.exception("round_failed")
            self._woken.wait(self._node.settings.poll_seconds)
            self._woken.clear()

    def _new_day(self) -> None:
        """What falls due by the day alone is looked for once a day, and whenever the node begins again."""
        today = day_of(self._node.clock())
        if today != self._swept:
            sweep(self._node)
            self._swept = today
