"""A worker waits for its processes, and no longer than makes sense."""

import os
import time
from threading import Timer

import pytest
from celery.exceptions import WorkerShutdown
from celery.worker import state

from workers.opening import Opening


@pytest.fixture
def opening():
    made = Opening()
    made.prepare()
    return made


def test_it_has_waited_once_each_process_has_said_so(opening):
    for _ in range(2):
        if (child := os.fork()) == 0:
            opening.said()
            os._exit(0)
        os.waitpid(child, 0)
    assert opening.wait(2, 60.0, patience=60.0)


def test_one_that_says_nothing_is_not_waited_for_without_end(opening):
    opening.said()
    assert not opening.wait(2, 60.0, patience=0.1)


def test_a_worker_none_of_whose_processes_could_take_anything_waits_longer(opening):
    Timer(0.5, opening.said).start()
    assert opening.wait(1, 60.0, patience=0.0)


def test_a_worker_whose_processes_all_say_nothing_begins_in_the_end(opening):
    assert not opening.wait(1, 0.1, patience=60.0)


def test_a_worker_told_to_end_waits_no_longer(opening, monkeypatch):
    monkeypatch.setattr(state, "should_stop", 0)
    begun = time.monotonic()
    with pytest.raises(WorkerShutdown):
        opening.wait(1, 60.0)
    assert time.monotonic() - begun < 5


def test_processes_begun_anew_for_ever_find_room_to_say_so(opening):
    for _ in range(100_000):
        opening.said()
    assert opening.wait(1, 60.0)


def test_outside_of_a_worker_nothing_is_said_or_awaited():
    nowhere = Opening()
    nowhere.said()
    assert not nowhere.wait(1, 60.0)
