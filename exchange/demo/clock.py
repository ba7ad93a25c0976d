"""A clock that is set by hand, so that a year can pass in seconds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import msgspec

from exchange.clock import SHANGHAI, Clock, day_of, utcnow
from exchange.settings import Settings

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


class SharedClock:
    """The same for several processes, by a file that one of them sets; from then on it goes as real time does."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self) -> datetime:
        found = msgspec.json.decode(self._file.read_bytes(), type=_Set)
        return found.moment + (utcnow() - found.at)

    def begin(self, day: date) -> None:
        """As `SetClock` does. What others read is the old moment or the new one."""
        moment = datetime.combine(day, OPENING).astimezone(UTC)
        if self._file.exists():
            moment = max(moment, self())
        waiting = self._file.with_suffix(".new")
        waiting.write_bytes(msgspec.json.encode(_Set(moment, utcnow())))
        waiting.replace(self._file)


def clock_of(settings: Settings) -> Clock:
    """Real time; in the processes of a demo, the time of the demo."""
    return utcnow if settings.demo_clock is None else SharedClock(settings.demo_clock)


class _Set(msgspec.Struct, frozen=True):
    """The clock stood at `moment` when it really was `at`."""

    moment: datetime
    at: datetime
