"""A stay whose last day has gone by: its office is asked once, has ninety days, and no clock closes the stay."""

from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from exchange.pipeline.advance import advance
from exchange.pipeline.sweep import sweep
from exchange.reconcile import checks
from tests.integration.on_both import node
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, opened, town, woman

__all__ = ["node"]  # the fixture


@pytest.fixture
def days(node, clock):
    def go_by(count: int) -> list[int]:
        made = []
        for _ in range(count):
            clock.now += timedelta(days=1)
            made.append(sweep(node))
            advance(node)
        return made

    return go_by


def stays(home: Town, new_home: Town) -> str:
    home.registers(woman())
    person = str(new_home.sees_arrive(woman(), ZHIFANG, stay_until="2026-03-05").person)
    home.answers("case.confirmed", str(home.notice("inflow").case))
    return person


def test_the_keeper_asks_the_day_after_and_once(node, home, new_home, days):
    person = stays(home, new_home)
    assert days(3) == [0, 0, 0]
    assert [days(1), sweep(node)] == [[1], 0]
    asked = new_home.notice("request")
    assert (asked.teller, asked.due_on, asked.person) == (ZHIFANG, "2026-06-04", person)
    assert sum(days(20)) == 0
    assert [notice.kind for notice in new_home.inbox()].count("request") == 1
    assert checks(node).equal


def test_no_clock_closes_the_stay(node, home, new_home, days):
    person = stays(home, new_home)
    days(96)
    (case,) = [case for case in new_home.cases() if case.kind == "request"]
    assert case.status == "overdue"
    assert new_home.sheet(person)["roles"] == ["main"]
    assert home.sheet(person)["lives_at"] == town(DONGHUAMEN)
    assert checks(node).equal


def test_a_stay_that_the_keeper_has_not_confirmed_is_not_asked_about(home, new_home, days):
    home.registers(woman())
    new_home.sees_arrive(woman(), ZHIFANG, stay_until="2026-03-05")
    assert sum(days(5)) == 0
    home.answers("case.confirmed", home.notice("inflow").case)
    assert days(1) == [1]


def test_who_keeps_the_registration_next_asks_instead(node, home, new_home, days):
    person = stays(home, new_home)
    days(4)
    other = Town(node, WANSHOULU)
    home.records(
        "registration.changed", "2026-03-06", {"from": town(ZHIFANG), "to": town(WANSHOULU), "ground": "moved"}, person
    )
    assert [c.status for c in new_home.cases() if c.kind == "request" and c.asker == ZHIFANG] == ["withdrawn"]
    days(1)
    assert [c.status for c in other.cases() if c.kind == "request"] == ["open"]
    new_home.records("movement.extended", "2026-03-07", {"stay_until": "2026-09-01"}, person)
    assert [c.status for c in other.cases() if c.kind == "request"] == ["answered"]
    assert sum(days(3)) == 0
    assert checks(node).equal


def test_an_office_does_not_ask_itself(home, days):
    home.registers(woman())
    home.sees_arrive(woman(3), "430102001000", stay_until="2026-03-05")
    assert sum(days(6)) == 0


@pytest.mark.parametrize(
    ("periods", "said", "due"),
    [
        ({"review_before_permit_end_days": 60}, {"stay_until": "2026-07-01"}, datetime(2026, 5, 2, 4, tzinfo=UTC)),
        ({"review_after_months": 3}, {}, datetime(2026, 6, 1, 4, tzinfo=UTC)),
        ({"review_before_permit_end_days": 10}, {"stay_until": "2026-07-01"}, datetime(2026, 6, 21, 4, tzinfo=UTC)),
        ({"review_after_months": 14}, {}, datetime(2027, 5, 1, 4, tzinfo=UTC)),
    ],
)
def test_a_node_whose_settings_say_another_time_asks_just_then(tmp_path, clock, periods, said, due):
    """Also sooner than usual, though its rows say when a stay is usually due."""
    with closing(opened(tmp_path / "data", clock, deadlines={"periods": periods})) as node:
        home, new_home = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
        home.registers(woman())
        new_home.sees_arrive(woman(), ZHIFANG, **said)
        home.answers("case.confirmed", str(home.notice("inflow").case))
        clock.now = due - timedelta(days=1)
        sweep(node)
        advance(node)
        assert [case for case in new_home.cases() if case.kind == "request"] == []
        clock.now = due
        assert sweep(node) == 1
