"""What happens without anybody's asking, and the clock that sees to it.

Wake-ups are lost where a broker loses its memory or a process is killed between its commit and its wake-up. So somebody
looks every `poll_seconds`, whatever happened, and that is all that recovery takes. Two clocks at once harm nobody.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import structlog
from celery.beat import ScheduleEntry, Scheduler
from celery.schedules import crontab

from exchange.clock import SHANGHAI
from exchange.settings import Settings
from exchange.wakes.broker import Broker
from exchange.wakes.reach import Reach
from workers import pulse
from workers.queues import ADVANCE, CHECK, SWEEP

_log = structlog.get_logger(__name__)

NIGHT = time(2, 40)
SWEEP_HOURS = 6  # between two sweeps


def last_night(now: datetime) -> datetime:
    """When the checks were last to begin."""
    local = now.astimezone(SHANGHAI)
    night = datetime.combine(local, NIGHT, SHANGHAI)
    return night if night <= local else night - timedelta(days=1)


def schedule(settings: Settings) -> dict[str, dict[str, Any]]:
    """The entries of the clock. The sweep may run again at any time, and so a missed one is made up for soon."""
    return {
        "what a lost wake-up left": {"task": ADVANCE, "schedule": float(settings.poll_seconds)},
        "what falls due by the day": {
            "task": SWEEP,
            "schedule": crontab(minute="10", hour=f"*/{SWEEP_HOURS}"),
            "options": {"queue": SWEEP, "expires": SWEEP_HOURS * 3600},
        },
        "whether both sides are equal": {
            "task": CHECK,
            "schedule": crontab(minute=str(NIGHT.minute), hour=str(NIGHT.hour)),
            "options": {"queue": CHECK, "expires": 20 * 3600},
        },
    }


class Clock(Scheduler):  # type: ignore[misc]  # Celery has no types
    """Keeps its entries in memory, and asks for a look only where none is about to happen.

    While the broker is away it tries whenever an entry is due, says so in the log once, and once when it is back.
    """

    def __init__(self, app: Any, *args: Any, **kwargs: Any) -> None:
        self._broker = Broker(app.conf.broker_url)
        self._reach = Reach()
        super().__init__(app, *args, **kwargs)

    def setup_schedule(self) -> None:
        self.merge_inplace(self.app.conf.beat_schedule)

    def apply_entry(self, entry: ScheduleEntry, producer: Any = None) -> None:
        try:
            self.apply_async(entry, producer=producer, advance=False)
        except Exception as error:  # noqa: BLE001 (each broker's client has its own; the entry is due again soon)
            self._reach.away(error)
        else:
            self._reach.there()

    def apply_async(self, entry: ScheduleEntry, producer: Any = None, advance: bool = True, **kwargs: Any) -> Any:
        if entry.task != ADVANCE:
            _log.info("asked", task=entry.task)
            return super().apply_async(entry, producer, advance, **kwargs)
        self._broker.queue(None)
        return None

    def _ensure_connected(self) -> Any:
        """Waits for the broker at the beginning, for ever, with pauses that grow."""
        connected = self.connection.ensure_connection(lambda error, _pause: self._reach.away(error))
        self._reach.there()
        return connected

    def tick(self, *args: Any, **kwargs: Any) -> float:
        pulse.beat(self.app.conf.exchange_settings.data, pulse.CLOCK)
        wait: float = super().tick(*args, **kwargs)
        return wait

    def close(self) -> None:
        super().close()
        self._broker.close()
