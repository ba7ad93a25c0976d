"""The one place that tells the time: aware UTC moments, and days in Asia/Shanghai."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

Clock = Callable[[], datetime]


def utcnow() -> datetime:
    """This moment, aware, in UTC."""
    return datetime.now(UTC)


def microseconds(moment: datetime) -> int:
    """Microseconds since 1970, the unit of stamps."""
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def day_of(moment: datetime) -> date:
    """The day of the world (Asia/Shanghai) on which the moment falls."""
    return moment.astimezone(SHANGHAI).date()
