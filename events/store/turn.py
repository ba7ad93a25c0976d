"""Whose turn it is, where one thread at a time may use what there is once."""

from __future__ import annotations

import threading

from events.store.errors import Unavailable


class Turn:
    """Taken by one thread at a time, and by none twice; others wait so many seconds, and then hear Unavailable."""

    def __init__(self, wait: float) -> None:
        self._wait = wait
        self._free = threading.Lock()
        self._owner: int | None = None

    def __enter__(self) -> None:
        if self._owner == threading.get_ident():
            raise RuntimeError("this thread is inside a transaction already")
        if not self._free.acquire(timeout=self._wait):
            raise Unavailable(rule="store.busy")
        self._owner = threading.get_ident()

    def __exit__(self, *_: object) -> None:
        self._owner = None
        self._free.release()
