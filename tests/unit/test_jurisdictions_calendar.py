"""Working days: the nation's, a region's, and those that nobody has published yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import Malformed
from exchange.jurisdictions.calendar import Due, national

JIANGXIA = "420115000000"
NANNING = "450103001000"
DAYS = st.dates(date(2004, 1, 1), date(2026, 11, 1))


def test_every_day_from_2004_to_2026_agrees_with_the_published_notices():
    first, last = date(2004, 1, 1), date(2026, 12, 31)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    assert [day for day in days if national().is_working(day) != chinese_calendar.is_workday(day)] == []


def test_the_first_day_is_not_counted():
    assert national().add_working_days(date(2026, 3, 2), 3) == Due(date(2026, 3, 5))


def test_an_exchanged_weekend_counts_and_a_holiday_does_not():
    # National Day 2026: free 1 to 7 October, worked Saturday 10 October
    assert national().add_working_days(date(2026, 9, 30), 1).day == date(2026, 10, 8)
    assert national().add_working_days(date(2026, 9, 30), 3).day == date(2026, 10, 10)


def test_a_last_day_on_a_holiday_moves_past_it():
    assert national().add_calendar_days(date(2026, 9, 25), 7).day == date(2026, 10, 8)
    assert national().add_working_days(date(2026, 10, 3), 0).day == date(2026, 10, 8)


def test_a_region_has_free_days_of_its_own():
    calendar = national().with_regional({"45": ["2026-04-20"]})
    assert calendar.is_working(date(2026, 4, 20))
    assert calendar.is_working(date(2026, 4, 20), JIANGXIA)
    assert not calendar.is_working(date(2026, 4, 20), NANNING)
    assert calendar.add_working_days(date(2026, 4, 17), 1, NANNING).day == date(2026, 4, 21)


def test_regions_given_later_stand_beside_those_before():
    calendar = national().with_regional({"45": [date(2026, 4, 20)]}).with_regional({"54": ["2026-02-27"]})
    assert set(calendar.regional) == {"45", "54"}


@pytest.mark.parametrize(("days", "rule"), [({"45": ["20 April"]}, "calendar.day"), ({"4": []}, "division.length")])
def test_regional_days_that_make_no_sense_are_refused(days: dict[str, list[date | str]], rule: str):
    with pytest.raises(Malformed) as refused:
        national().with_regional(days)
    assert (refused.value.rule, refused.value.field) == (rule, "regional")


def test_years_beyond_the_table_count_plain_weekdays_and_say_so():
    assert national().add_working_days(date(2026, 12, 30), 1) == Due(date(2026, 12, 31))
    assert national().add_working_days(date(2026, 12, 31), 1) == Due(date(2027, 1, 1), provisional=True)
    assert national().add_working_days(date(2027, 10, 1), 1) == Due(date(2027, 10, 4), provisional=True)
    assert national().add_working_days(date(2003, 12, 31), 1) == Due(date(2004, 1, 2), provisional=True)


def test_between_counts_the_last_day_and_turns_negative_backwards():
    assert national().working_days_between(date(2026, 9, 30), date(2026, 10, 10)) == 3
    assert national().working_days_between(date(2026, 10, 10), date(2026, 9, 30)) == -3
    assert national().working_days_between(date(2026, 10, 10), date(2026, 10, 10)) == 0


@given(DAYS, st.integers(1, 25))
def test_adding_and_counting_working_days_are_inverse(start: date, count: int):
    due = national().add_working_days(start, count).day
    assert national().is_working(due)
    assert national().working_days_between(start, due) == count


@given(DAYS)
def test_the_working_day_before_is_the_nearest(day: date):
    before = national().working_day_before(day)
    assert before < day
    assert national().is_working(before)
    assert national().working_days_between(before, day) == int(national().is_working(day))


def test_a_calendar_made_of_another_counts_anew():
    calendar = national()
    sunday = date(2026, 3, 29)
    assert calendar.add_working_days(sunday, 0).day == date(2026, 3, 30)
    exchanged = replace(calendar, worked={**calendar.worked, sunday: "exchanged"})
    assert exchanged.add_working_days(sunday, 0).day == sunday
