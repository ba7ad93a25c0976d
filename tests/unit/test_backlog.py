"""A burst is taken without a word; a queue that grows is told of."""

import logging
import threading

import structlog
from waitress.task import ThreadedTaskDispatcher

from exchange.http.backlog import STEP, watch_queue


class Held:
    """A request that waits until it may go on."""

    def __init__(self, go_on: threading.Event) -> None:
        self._go_on = go_on

    def service(self) -> None:
        self._go_on.wait(10)

    def cancel(self) -> None:
        """Nothing was begun."""


def told_of(requests: int, caplog) -> tuple[list[int], list[str]]:
    """What is logged while so many requests wait for one busy thread; and the lines of the server itself."""
    watch_queue()
    go_on = threading.Event()
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(1)
    try:
        with structlog.testing.capture_logs() as logs, caplog.at_level(logging.DEBUG):
            for _ in range(requests + 1):
                dispatcher.add_task(Held(go_on))
    finally:
        go_on.set()
        dispatcher.shutdown()
    told = [line["waiting"] for line in logs if line["event"] == "requests_wait"]
    return told, [line.message for line in caplog.records if line.name == "waitress.queue"]


def test_a_burst_is_no_matter_for_the_log(caplog):
    assert told_of(STEP // 2, caplog) == ([], [])


def test_a_queue_that_grows_is_told_of_once_for_each_step(caplog):
    told, lines = told_of(2 * STEP + 2, caplog)
    assert (told, lines) == ([STEP, 2 * STEP], [])


def test_it_is_watched_once_however_often_a_server_begins():
    watch_queue()
    before = list(logging.getLogger("waitress.queue").filters)
    watch_queue()
    assert logging.getLogger("waitress.queue").filters == before
