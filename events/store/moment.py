"""Moments as the database keeps them: microseconds since 1970 in UTC, the unit of stamps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from events.errors import Tampered

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_number(moment: datetime) -> int:
    """Microseconds since 1970. The moment must be aware."""
    return (moment - _EPOCH) // _MICROSECOND


def to_moment(number: int) -> datetime:
    """The inverse, aware, in UTC. Raises Tampered where it is no moment of any calendar."""
    try:
        return _EPOCH + timedelta(microseconds=number)
    except (OverflowError, TypeError) as error:
        raise Tampered(field="at", rule="moment.form") from error
