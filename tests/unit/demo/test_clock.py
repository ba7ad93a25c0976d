"""The demo's year lies behind whoever looks at it."""

from datetime import UTC, date, datetime, timedelta

import pytest

from exchange.demo.clock import SetClock, SharedSetClock, last_worked_day


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 11, 24, 16, 30, tzinfo=UTC), date(2026, 11, 24)),  # 00:30 on the 25th in Shanghai
        (datetime(2026, 11, 25, 0, 30, tzinfo=UTC), date(2026, 11, 24)),  # half an hour before offices open
        (datetime(2026, 11, 25, 1, 30, tzinfo=UTC), date(2026, 11, 24)),  # they are at work
        (datetime(2026, 11, 25, 3, 0, tzinfo=UTC), date(2026, 11, 25)),
        (datetime(2026, 11, 25, 15, 59, tzinfo=UTC), date(2026, 11, 25)),
    ],
)
def test_the_year_ends_on_the_last_day_whose_work_is_done(moment, day):
    assert last_worked_day(moment) == day
    assert SetClock(day)() < moment - timedelta(minutes=30)


def test_processes_that_share_a_clock_agree_on_the_day_and_never_go_back(tmp_path):
    mine, theirs = SharedSetClock(tmp_path / "clock"), SharedSetClock(tmp_path / "clock")
    mine.begin(date(2025, 3, 1))
    first, second = theirs(), mine()
    assert first < second
    assert first.date() == date(2025, 3, 1)
    mine.begin(date(2025, 3, 2))
    assert theirs().date() == date(2025, 3, 2)
    mine.begin(date(2025, 3, 1))
    assert theirs().date() == date(2025, 3, 2)
