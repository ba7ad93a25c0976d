"""Room for large bodies: one after the other is worked on in a process, whose memory does not grow with their number.

A large body takes many times its size while it is read, judged and recorded. Python does one thing at a time, so that
several at once would be done no sooner; and a server has few threads, so that only some of them may wait.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from flask import Flask, current_app, g

from events.errors import ExchangeError

SMALL = 64 * 1024  # bytes: what is no larger takes no room
WAITING = 2  # large bodies that wait for the one at work; with it three threads of a server's eight
PATIENCE = 5.0  # seconds that one waits


class Crowded(ExchangeError):
    """Large bodies are at work, and others wait: the same may be sent again in a moment."""

    code = "crowded"
    status = 503


class Room:
    """Holds one large body at a time."""

    def __init__(self, patience: float = PATIENCE, waiting: int = WAITING) -> None:
        self._patience = patience
        self._at_work = threading.Lock()
        self._places = threading.BoundedSemaphore(waiting + 1)

    def enter(self) -> Callable[[], None]:
        """Come in, perhaps after others. What leaves again. Raises Crowded."""
        if not self._places.acquire(blocking=False):
            raise Crowded
        if not self._at_work.acquire(timeout=self._patience):
            self._places.release()
            raise Crowded
        return self._leave

    def _leave(self) -> None:
        self._at_work.release()
        self._places.release()


def install(app: Flask) -> None:
    """The room of this process. Who entered it leaves when the request is over."""
    app.extensions["exchange_room"] = Room()
    app.teardown_request(_leave)


def enter(size: int) -> None:
    """Before a body of so many bytes is read. Raises Crowded."""
    if size > SMALL:
        room: Room = current_app.extensions["exchange_room"]
        g.leave_room = room.enter()


def _leave(_error: BaseException | None) -> None:
    leave: Callable[[], None] | None = g.pop("leave_room", None)
    if leave is not None:
        leave()
