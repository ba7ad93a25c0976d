"""Working days: national holidays with exchanged weekends as a table with years, regional days on top.

Years outside the table count plain weekdays, and a day that rests on them is marked provisional. Pure given the table.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from importlib.resources import files

from events.errors import Malformed
from exchange.jurisdictions import codes

ONE = timedelta(days=1)
_KEPT = 4_096


@dataclass(frozen=True, slots=True)
class Due:
    """A day until which something is due; provisional where its year's holidays are not published yet."""

    day: date
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Calendar:
    """`free` weekdays and `worked` weekends of the years `first` to `last`; `regional` free days by code stem."""

    first: int
    last: int
    free: Mapping[date, str]
    worked: Mapping[date, str]
    regional: Mapping[str, Collection[date]] = field(default_factory=dict)
    _counted: dict[tuple[date, int, str | None], Due] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def with_regional(self, days: Mapping[str, Collection[date | str]]) -> Calendar:
        """With further free days of areas, by division code, as settings give them (days or ISO text).

        Raises Malformed: calendar.day, and those of a division code.
        """
        added = {
            codes.stem(codes.parse(area, "regional")): frozenset(map(_day, listed)) for area, listed in days.items()
        }
        return Calendar(self.first, self.last, self.free, self.worked, {**self.regional, **added})

    def is_working(self, day: date, region: str | None = None) -> bool:
        """Whether offices of the region (12-digit code; None: the nation) work on the day."""
        if self.regional and region is not None and self._is_free_in(region, day):
            return False
        return day in self.worked or (day.weekday() < 5 and day not in self.free)

    def _is_free_in(self, region: str, day: date) -> bool:
        return any(day in days and region.startswith(area) for area, days in self.regional.items())

    def is_provisional(self, day: date) -> bool:
        """Whether the table does not reach the day."""
        return not self.first <= day.year <= self.last

    def counts_weekdays(self, day: str | None) -> bool:
        """Whether a day given as text is provisional; no day is none."""
        return day is not None and self.is_provisional(date.fromisoformat(day))

    def add_working_days(self, start: date, count: int, region: str | None = None) -> Due:
        """The last of `count` working days after `start`, which is not counted itself.

        With 0 it is `start`, moved past days that are free. Counted once for all who are asked on one day.
        """
        key = (start, count, region if self.regional else None)
        found = self._counted.get(key)
        if found is None:
            if len(self._counted) >= _KEPT:
                self._counted.clear()
            found = self._counted[key] = self._count(start, count, region)
        return found

    def _count(self, start: date, count: int, region: str | None) -> Due:
        day = start
        for _ in range(count):
            day = self._working_from(day + ONE, region)
        return self._due(start, self._working_from(day, region))

    def add_calendar_days(self, start: date, count: int, region: str | None = None) -> Due:
        """`count` days after `start`, moved past days that are free."""
        return self._due(start, self._working_from(start + count * ONE, region))

    def working_days_between(self, start: date, end: date, region: str | None = None) -> int:
        """Working days after `start` up to and including `end`; negative where `end` comes first."""
        if end < start:
            return -self.working_days_between(end, start, region)
        return sum(self.is_working(day, region) for day in _days(start + ONE, end))

    def working_day_before(self, day: date, region: str | None = None) -> date:
        """The nearest working day before `day`."""
        day -= ONE
        while not self.is_working(day, region):
            day -= ONE
        return day

    def _working_from(self, day: date, region: str | None) -> date:
        while not self.is_working(day, region):
            day += ONE
        return day

    def _due(self, start: date, day: date) -> Due:
        return Due(day, self.is_provisional(start) or self.is_provisional(day))


@cache
def national() -> Calendar:
    """The table of this package, without regional days."""
    table: dict[str, dict[date, str]] = {"free": {}, "worked": {}}
    for line in (files("exchange.jurisdictions") / "data" / "workdays.txt").read_text("utf-8").splitlines():
        day, kind, name = line.split("\t")
        table[kind][date.fromisoformat(day)] = name
    years = {day.year for day in table["free"]}
    return Calendar(min(years), max(years), table["free"], table["worked"])


def _day(value: date | str) -> date:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise Malformed(field="regional", rule="calendar.day", value=value) from None


def _days(first: date, last: date) -> Iterator[date]:
    return (first + number * ONE for number in range((last - first).days + 1))
