"""A story ends in the same way on whatever day it is played: the node of the runner's own begins on one of its own."""

from datetime import UTC, datetime

import pytest
import time_machine

from exchange.scenarios.embedded import embedded
from exchange.scenarios.reading import read
from exchange.scenarios.running import run
from tests.scenarios.stories import FILES

OF_DAYS = {file.stem: file for file in FILES}["overdue-on-both-sides"]


@pytest.mark.parametrize("day", ["2026-11-28", "2027-01-31", "2031-05-01"])
def test_the_weekday_and_the_holidays_change_nothing(day):
    with time_machine.travel(datetime.fromisoformat(day).replace(tzinfo=UTC)), embedded() as ground:
        assert run(read(OF_DAYS), ground, 7, {}).differences == []
