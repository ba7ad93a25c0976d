"""How long a thread of a web process waits for a body."""

import socket
from collections.abc import Iterable
from types import SimpleNamespace
from typing import cast

import pytest

from exchange.http import patience
from exchange.http.patience import PATIENCE, RATE, Unhurried

PIECE = b"x" * RATE  # for which a second more is waited


class Line:
    """A connection on which a piece comes after each of these pauses, and a clock that goes by nothing else."""

    def __init__(self, *pauses: float) -> None:
        self.now = 0.0
        self._pauses = list(pauses)
        self._timeout: float | None = None
        self.heard_no_further = False

    def recv(self, _size: int) -> bytes:
        pause = self._pauses.pop(0)
        if self._timeout is not None and pause > self._timeout:
            self.now += self._timeout
            raise TimeoutError
        self.now += pause
        return PIECE

    def gettimeout(self) -> float | None:
        return self._timeout

    def settimeout(self, seconds: float | None) -> None:
        self._timeout = seconds

    def shutdown(self, _how: int) -> None:
        self.heard_no_further = True


@pytest.fixture
def waiting(monkeypatch):
    def made(pauses: Iterable[float]) -> tuple[Line, Unhurried]:
        line = Line(*pauses)
        monkeypatch.setattr(patience, "time", SimpleNamespace(monotonic=lambda: line.now))
        return line, Unhurried(cast("socket.socket", line))

    return made


def test_what_comes_quickly_enough_is_waited_for_however_long_it_takes(waiting):
    line, unreader = waiting([0.9] * 100)
    assert len(unreader.read(100 * RATE)) == 100 * RATE
    assert (unreader.over, line.heard_no_further) == (False, False)


def test_what_drips_is_heard_no_further_and_what_came_until_then_is_told(waiting):
    line, unreader = waiting([2.0] * 100)
    assert len(unreader.read(100 * RATE)) == 4 * RATE  # of 2 s each, for which another was granted
    assert (unreader.over, line.heard_no_further) == (True, True)
    assert line.now == PATIENCE + 4


def test_the_next_request_has_time_of_its_own(waiting):
    _, unreader = waiting([5.0] * 3)
    for _ in range(3):
        unreader.renew()
        assert unreader.read(RATE) == PIECE
    assert not unreader.over


def test_only_the_time_in_which_it_was_waited_is_counted(waiting):
    line, unreader = waiting([0.0, 0.0])
    assert unreader.read(RATE) == PIECE
    line.now += 60
    assert unreader.read(RATE) == PIECE


def test_what_nobody_reads_has_a_limit_of_its_own(waiting):
    line, unreader = waiting([1.0])
    line.settimeout(0.1)
    with pytest.raises(TimeoutError):
        unreader.read(RATE)
    assert (unreader.over, line.gettimeout()) == (False, 0.1)
