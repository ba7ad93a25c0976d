"""One large body at a time is worked on in a process; few wait, and not for long."""

import threading
import time

import pytest

from exchange.http.room import Crowded, Room

SOON = 10.0  # seconds, which no test takes


def test_one_waits_until_the_one_before_it_has_left():
    room = Room(patience=SOON)
    leave = room.enter()
    second = threading.Thread(target=lambda: room.enter()())  # noqa: PLW0108  # it enters in the thread
    second.start()
    time.sleep(0.05)
    assert second.is_alive()
    leave()
    second.join(SOON)
    assert not second.is_alive()
    room.enter()()


def test_who_waits_too_long_is_refused_and_may_come_again():
    room = Room(patience=0.01)
    leave = room.enter()
    with pytest.raises(Crowded):
        room.enter()
    leave()
    room.enter()()


def test_no_more_wait_than_leave_threads_for_others():
    room = Room(patience=SOON, waiting=0)
    leave = room.enter()
    began = time.monotonic()
    with pytest.raises(Crowded):
        room.enter()
    assert time.monotonic() - began < SOON / 2, "at once"
    leave()
    room.enter()()
