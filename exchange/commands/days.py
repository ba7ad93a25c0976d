"""Which days an event may speak of: facts have happened; what is announced lies ahead. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from events.errors import Malformed
from exchange.clock import day_of

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)  # the last that the wire takes
MOST_AHEAD = timedelta(days=366)  # a departure may be announced, not foretold
# Clocks of offices may run apart by what the order of facts bears, too (K3). All days are those of Asia/Shanghai,
# wherever the caller sits: no time zone asks for more than these minutes before midnight.
CLOCKS_APART = timedelta(minutes=5)

_TERMS = frozenset({"stay_until", "until"})  # how long something is to last: bound by the calendar alone
DAYS = _TERMS | {"expected_on", "since", "received_on", "effective_on"}


def today(moment: datetime) -> date:
    """The last day that has come by any clock that runs well enough."""
    return day_of(moment + CLOCKS_APART)


def effective(type_: str, content: Mapping[str, Any], value: object, path: str, today: date) -> None:
    """The day of an event. Only a departure to a town announces something: any other is over when it is recorded.

    Raises Malformed: date.form, date.absurd, date.ahead.
    """
    destination = content.get("destination")
    to_town = isinstance(destination, Mapping) and destination.get("kind") == "town"
    ahead = type_ == "movement.departed" and to_town
    _within(value, path, today, MOST_AHEAD if ahead else None)


def day(field: str, value: object, path: str, today: date, *, amended: bool = False) -> None:
    """A day inside the content. `amended`: in a correction, whose target alone says whether its day may lie ahead.

    Raises Malformed: date.form, date.absurd, date.ahead.
    """
    if field in _TERMS:
        _within(value, path, today, LAST_DAY - today)
    else:
        announced = field == "expected_on" or (amended and field == "effective_on")
        _within(value, path, today, MOST_AHEAD if announced else None)


def _within(value: object, path: str, today: date, most_ahead: timedelta | None) -> None:
    found = _read(value)
    if found is None:
        raise Malformed(field=path, rule="date.form")
    if most_ahead is None and today < found <= today + MOST_AHEAD:
        raise Malformed(field=path, rule="date.ahead", value=found.isoformat())
    if not FIRST_DAY <= found <= today + (most_ahead or MOST_AHEAD):
        raise Malformed(field=path, rule="date.absurd", value=found.isoformat())


def _read(value: object) -> date | None:
    try:
        found = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    # The standard has other spellings of a day (20260301, 2026-W09-7), which no comparison of texts would order.
    return found if found is not None and found.isoformat() == value else None
