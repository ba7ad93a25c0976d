"""A clock that is set by hand, so that a year can pass in seconds."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from exchange.clock import SHANGHAI, day_of
from exchange.shared_clock import SharedClock

OPENING = time(9, 0, tzinfo=SHANGHAI)
_TICK = timedelta(milliseconds=1)
_WORKED = timedelta(hours=10)  # since midnight: the hour after the opening, more than the readings of one day add up to


class SetClock:
    """Tells the moment that it was set to, and a millisecond more each time: no two moments are the same."""

    def __init__(self, day: date) -> None:
        self._moment = datetime.combine(day, OPENING)

    def __call__(self) -> datetime:
        self._moment += _TICK
        return self._moment

    def begin(self, day: date) -> None:
        """The office hours of a day begin; a clock that is there already goes on."""
        self._moment = max(self._moment, datetime.combine(day, OPENING))


def last_worked_day(moment: datetime) -> date:
    """The last day of which the demo's office hours are over: nothing that is made lies ahead of the real clock."""
    return day_of(moment - _WORKED)


class SharedSetClock(SharedClock):
    """The same for several processes."""

    def begin(self, day: date) -> None:
        """As `SetClock` does."""
        self.move_to(datetime.combine(day, OPENING))
