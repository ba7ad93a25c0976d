"""A clock on which several processes agree: by a file that one of them sets."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import msgspec

from exchange.clock import Clock, utcnow
from exchange.settings import Settings


class SharedClock:
    """Goes on from where it was set as real time does."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self) -> datetime:
        found = msgspec.json.decode(self._file.read_bytes(), type=_Set)
        return found.moment + (utcnow() - found.at)

    def move_to(self, moment: datetime) -> None:
        """Set it, never back. What others read is the old moment or the new one."""
        moment = moment.astimezone(UTC)
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
