"""Dates known in part."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import Malformed
from events.partial_date import agrees, earliest, is_after, latest, parse

days = st.dates(date(1850, 1, 1), date(2200, 12, 31)).map(date.isoformat)
partials = st.builds(lambda day, known: day[:known], days, st.sampled_from([4, 7, 10]))


def rule_of(text: object) -> str | None:
    with pytest.raises(Malformed) as error:
        parse(text)
    assert error.value.field == "born_on"
    return error.value.rule


@pytest.mark.parametrize("text", ["1958", "1958-11", "1958-11-03", "1850", "2200", "2000-02-29"])
def test_a_date_may_be_known_in_part(text):
    assert parse(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "58",
        "1958-",
        "1958-1",
        "1958-11-3",
        "1958/11",
        "19581103",
        "1958-11-03T00:00",
        " 1958",
        "1958\n",
        "１９５８",
        1958,
    ],
)
def test_any_other_form_is_refused(text):
    assert rule_of(text) == "date.form"


@pytest.mark.parametrize("text", ["1849", "2201", "0000-01", "1849-12-31"])
def test_absurd_years_are_refused(text):
    assert rule_of(text) == "date.year"


@pytest.mark.parametrize("text", ["1958-00", "1958-13", "1958-13-01"])
def test_months_that_do_not_exist_are_refused(text):
    assert rule_of(text) == "date.month"


@pytest.mark.parametrize("text", ["1958-02-29", "1900-02-29", "1958-11-31", "1958-11-00", "1958-12-32"])
def test_days_that_do_not_exist_are_refused(text):
    assert rule_of(text) == "date.day"


def test_the_field_to_blame_is_the_callers():
    with pytest.raises(Malformed) as error:
        parse("x", field="stated.born_on")
    assert error.value.field == "stated.born_on"


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("1958", "1958-11-03", True),
        ("1958-11", "1958-11-03", True),
        ("1958-11", "1958", True),
        ("1958-11-03", "1958-11-03", True),
        ("1958", "1959", False),
        ("1958-11", "1958-12", False),
        ("1958-11-03", "1958-11-04", False),
        ("1958", "1959-11-03", False),
    ],
)
def test_two_dates_agree_as_far_as_both_are_known(a, b, same):
    assert agrees(a, b) is same


def test_what_is_no_date_agrees_with_itself_only():
    assert agrees("unknown", "unknown")
    assert not agrees("", "1958")


@pytest.mark.parametrize(
    ("partial", "first", "last"),
    [
        ("1958", "1958-01-01", "1958-12-31"),
        ("1960-02", "1960-02-01", "1960-02-29"),
        ("1958-11-03", "1958-11-03", "1958-11-03"),
    ],
)
def test_the_first_and_the_last_day_that_it_may_be(partial, first, last):
    assert (earliest(partial), latest(partial)) == (first, last)


@pytest.mark.parametrize("bound", [earliest, latest])
def test_what_is_no_date_has_no_bounds(bound):
    with pytest.raises(Malformed) as error:
        bound("1958-13")
    assert error.value.rule == "date.month"


@pytest.mark.parametrize(
    ("partial", "day", "surely"),
    [
        ("1958", "1957-12-31", True),
        ("1958", "1958-01-01", False),
        ("1958-11", "1958-10-31", True),
        ("1958-11", "1958-11-01", False),
        ("1958-11-03", "1958-11-02", True),
        ("1958-11-03", "1958-11-03", False),
    ],
)
def test_after_means_surely_after(partial, day, surely):
    assert is_after(partial, day) is surely


@given(days, st.sampled_from([4, 7, 10]))
def test_a_day_lies_between_the_bounds_of_its_parts(day, known):
    partial = day[:known]
    assert earliest(partial) <= day <= latest(partial)
    assert agrees(partial, day)
    assert not is_after(partial, day)


@given(partials, partials)
def test_agreement_is_mutual_and_means_a_common_day(a, b):
    overlap = earliest(a) <= latest(b) and earliest(b) <= latest(a)
    assert agrees(a, b) == agrees(b, a) == overlap
