"""Retry policies. A task tries again by itself, in its own process: nothing waits in a broker for its time to come."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import structlog

from events.errors import ExchangeError

T = TypeVar("T")
Sleep = Callable[[float], None]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Retries:
    """At most so many more tries, after pauses that double from `first` seconds up to `longest`.

    `within`: none begins later than so many seconds after the first one did.
    """

    times: int
    first: float
    longest: float
    within: float

    def pauses(self) -> Iterator[float]:
        """How long to wait before each further try."""
        for try_ in range(self.times):
            yield min(self.longest, self.first * 2**try_)

    def run(self, act: Callable[[], T], sleep: Sleep = time.sleep) -> T:
        """What `act` gives. Only what passes by itself is tried again; all else, and the last failure, is raised."""
        last = time.monotonic() + self.within
        for pause in self.pauses():
            try:
                return act()
            except ExchangeError as error:
                if error.status not in _PASSING or time.monotonic() + pause > last:
                    raise
                _log.warning("tried_again", code=error.code, rule=error.rule, pause=pause)
                sleep(pause)
        return act()


_PASSING = frozenset({503, 504})  # the database is busy, full or lost

WORK = Retries(times=4, first=0.25, longest=2.0, within=30.0)  # the next wake-up comes soon, so giving up costs little
DAILY = Retries(times=8, first=1.0, longest=60.0, within=120.0)
