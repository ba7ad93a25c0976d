"""The table of deadlines, row by row, and how settings change it."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from events.errors import Malformed
from exchange.jurisdictions.calendar import Due, national
from exchange.jurisdictions.deadlines import (
    DEFAULT,
    Step,
    acknowledge_on,
    dispute_open_until,
    distance,
    due_on,
    steps,
)

OFFICE = "420115001000"
SAME_COUNTY = "420115002000"
SAME_PROVINCE = "429004001000"
OTHER_PROVINCE = "430102001000"
MONDAY = date(2026, 3, 2)


def working_days(kind: str, asker: str, urgent: bool = False) -> int:
    due = due_on(kind, asker, OFFICE, MONDAY, urgent=urgent)
    assert not due.provisional
    return national().working_days_between(MONDAY, due.day)


def test_distance_is_read_from_the_two_codes():
    assert distance(OFFICE, SAME_COUNTY) == "same_county"
    assert distance(OFFICE, SAME_PROVINCE) == "same_province"
    assert distance(OFFICE, OTHER_PROVINCE) == "other_province"
    assert distance("420100000000", "420100000000") == "same_province"


@pytest.mark.parametrize("kind", ["inflow", "registration", "moved-on", "contested", "tie", "family", "death"])
def test_to_confirm_takes_3_5_or_15_days_by_distance_and_5_at_most_when_urgent(kind: str):
    assert [working_days(kind, asker) for asker in (SAME_COUNTY, SAME_PROVINCE, OTHER_PROVINCE)] == [3, 5, 15]
    assert [working_days(kind, asker, True) for asker in (SAME_COUNTY, SAME_PROVINCE, OTHER_PROVINCE)] == [3, 5, 5]


@pytest.mark.parametrize(
    ("kind", "days", "urgent"),
    [
        ("outflow", 20, 20),
        ("enquiry", 15, 5),
        ("request", 15, 5),
        ("decide", 10, 10),
        ("entry", 3, 3),
        ("access", 15, 15),
    ],
)
def test_other_kinds_take_the_same_time_at_any_distance(kind: str, days: int, urgent: int):
    for asker in (SAME_COUNTY, SAME_PROVINCE, OTHER_PROVINCE):
        assert working_days(kind, asker) == days
        assert working_days(kind, asker, True) == urgent


def test_a_stay_due_for_review_has_90_calendar_days():
    assert due_on("review", OFFICE, OFFICE, MONDAY).day == date(2026, 6, 1), "31 May is a Sunday"


@pytest.mark.parametrize(
    ("kind", "days"),
    [
        ("left", 5), ("family", 5), ("update", 5), ("correction", 5), ("retraction", 5), ("matched", 5),
        ("withdrawn", 5), ("death", 1),
    ],
)  # fmt: skip
def test_notices_that_need_no_answer_are_acknowledged(kind: str, days: int):
    due = acknowledge_on(kind, OTHER_PROVINCE, OFFICE, MONDAY)
    assert national().working_days_between(MONDAY, due.day) == days


def test_a_notice_may_be_disputed_for_30_days():
    assert dispute_open_until(MONDAY) == date(2026, 4, 1)


@pytest.mark.parametrize("ask", [due_on, acknowledge_on])
def test_an_unknown_kind_is_refused(ask):
    with pytest.raises(Malformed, match=r"deadline\.unknown"):
        ask("gossip", OTHER_PROVINCE, OFFICE, MONDAY)


def test_the_days_are_those_of_the_office_that_must_act():
    calendar = national().with_regional({"42": ["2026-03-03"]})
    assert due_on("inflow", SAME_COUNTY, OFFICE, MONDAY, calendar=calendar).day == date(2026, 3, 6)
    assert due_on("inflow", OFFICE, OTHER_PROVINCE, MONDAY, calendar=calendar).day == date(2026, 3, 23)


def test_a_deadline_in_a_year_without_published_holidays_is_provisional():
    assert due_on("inflow", OTHER_PROVINCE, OFFICE, date(2026, 12, 21)) == Due(date(2027, 1, 11), provisional=True)


SETTINGS = """
[answers]
outflow = 25

[answers.inflow]
other_province = 12
urgent = 2

[acknowledges]
left = 3

[periods]
dispute_open_days = 60
"""


def test_settings_replace_single_values_and_leave_the_rest():
    rules = DEFAULT.overridden(tomllib.loads(SETTINGS))

    def days(kind: str, asker: str, urgent: bool = False) -> int:
        return national().working_days_between(
            MONDAY, due_on(kind, asker, OFFICE, MONDAY, urgent=urgent, rules=rules).day
        )

    assert [days("inflow", asker) for asker in (SAME_COUNTY, SAME_PROVINCE, OTHER_PROVINCE)] == [3, 5, 12]
    assert days("inflow", OTHER_PROVINCE, urgent=True) == 2
    assert days("outflow", SAME_COUNTY) == 25
    assert days("registration", OTHER_PROVINCE) == 15
    assert acknowledge_on("left", OFFICE, OFFICE, MONDAY, rules).day == date(2026, 3, 5)
    assert dispute_open_until(MONDAY, rules) == date(2026, 5, 1)
    assert DEFAULT.answers["outflow"].same_county == 20, "the defaults stay"


def test_a_plain_number_keeps_the_unit_of_its_kind():
    rules = DEFAULT.overridden({"answers": {"review": 60}})
    assert due_on("review", OFFICE, OFFICE, MONDAY, rules=rules).day == date(2026, 5, 6), "past the May holiday"


@pytest.mark.parametrize(
    ("settings", "field", "rule"),
    [
        ({"answer": {}}, "answer", "deadline.unknown"),
        ({"answers": {"gossip": 3}}, "answers.gossip", "deadline.unknown"),
        ({"answers": {"inflow": {"nearby": 3}}}, "answers.inflow.nearby", "deadline.unknown"),
        ({"answers": {"inflow": {"urgent": 0}}}, "answers.inflow.urgent", "deadline.days"),
        ({"answers": {"inflow": "soon"}}, "answers.inflow", "deadline.days"),
        ({"answers": {"inflow": 4_000_000}}, "answers.inflow", "deadline.days"),
        ({"acknowledges": {"left": True}}, "acknowledges.left", "deadline.days"),
        ({"periods": {"patience": 3}}, "periods.patience", "deadline.unknown"),
        ({"periods": {"deferrals": 1.5}}, "periods.deferrals", "deadline.days"),
    ],
)
def test_settings_that_make_no_sense_are_refused_by_name(settings, field: str, rule: str):
    with pytest.raises(Malformed) as refused:
        DEFAULT.overridden(settings)
    assert (refused.value.field, refused.value.rule) == (field, rule)


def test_reminders_come_at_half_time_the_day_before_and_on_the_day_then_county_and_province():
    due = due_on("inflow", OTHER_PROVINCE, OFFICE, MONDAY).day
    assert due == date(2026, 3, 23)
    assert steps(MONDAY, due, OFFICE) == (
        Step("half_time", date(2026, 3, 11)),
        Step("day_before", date(2026, 3, 20)),
        Step("on_day", date(2026, 3, 23)),
        Step("overdue", date(2026, 3, 24)),
        Step("escalated_county", date(2026, 3, 30)),
        Step("escalated_province", date(2026, 4, 14)),
    )


def test_a_short_deadline_has_fewer_reminders():
    assert [step.ground for step in steps(MONDAY, date(2026, 3, 4), OFFICE)][:2] == ["day_before", "on_day"]
    assert steps(MONDAY, date(2026, 3, 3), OFFICE)[0] == Step("on_day", date(2026, 3, 3))
