"""The bell: rings for the workers from a thread of its own, so that no write ever waits for a broker."""

from __future__ import annotations

import threading
from typing import Protocol

import structlog

from exchange.wakes.reach import Reach

PAUSE = 1.0  # seconds between two tries while the broker is away
LAST = 5.0  # seconds that closing waits for what is still to be sent


class Messenger(Protocol):
    """Whoever carries a wake-up away. Each call raises where that is not possible."""

    def send(self, reference: str | None) -> object: ...

    def ping(self) -> None: ...

    def close(self) -> None: ...


class Bell:
    """Rung after each commit in which events were appended; however often it was rung meanwhile, it sends one wake-up.

    While the broker is away it tries again and again, says so in the log once, and once when it is back.
    """

    def __init__(self, messenger: Messenger, pause: float = PAUSE) -> None:
        self._messenger = messenger
        self._pause = pause
        self._rung = threading.Event()
        self._ending = threading.Event()
        self._reference: str | None = None
        self._beginning = threading.Lock()
        self._thread: threading.Thread | None = None
        self._reach = Reach()

    def ring(self) -> None:
        """There is work. Returns at once and never raises."""
        self._reference = structlog.contextvars.get_contextvars().get("reference")
        self._rung.set()
        with self._beginning:
            if self._thread is None and not self._ending.is_set():
                self._thread = threading.Thread(target=self._run, name="exchange-bell", daemon=True)
                self._thread.start()

    def heard(self) -> bool:
        """Whether the broker can be reached now."""
        try:
            self._messenger.ping()
        except Exception as error:  # noqa: BLE001 (each broker's client has its own errors, and all say that it is away)
            self._reach.away(error)
            return False
        self._reach.there()
        return True

    def close(self) -> None:
        """Send what is still to be sent, if that takes no time, and end."""
        with self._beginning:
            self._ending.set()
        self._rung.set()  # a wake-up too many harms nobody
        if self._thread is not None:
            self._thread.join(LAST)
        self._messenger.close()

    def _run(self) -> None:
        while True:
            self._rung.wait()
            self._rung.clear()  # before sending: whoever rings from here on is sent for anew
            sent = self._send()
            if self._ending.is_set():
                return
            if not sent:
                self._rung.set()
                self._ending.wait(self._pause)

    def _send(self) -> bool:
        try:
            self._messenger.send(self._reference)
        except Exception as error:  # noqa: BLE001 (as above; what was recorded stands, and the sweep comes behind)
            self._reach.away(error)
            return False
        self._reach.there()
        return True
