"""What stands in a cell: days as towns write them, numbers that a spreadsheet spoilt, formulas that must not run."""

from datetime import date, datetime

import pytest

from events.errors import Malformed
from exchange.registers.cells import day_of, guarded, text_of, unguarded, whole_day, yes


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("1958-11-03", "1958-11-03"),
        ("1958/11/3", "1958-11-03"),
        ("1958.1.3", "1958-01-03"),
        ("19581103", "1958-11-03"),
        ("1958年11月3日", "1958-11-03"),
        ("1958年11月", "1958-11"),
        ("195811", "1958-11"),
        ("1958年", "1958"),
        ("1958", "1958"),
        ("2020-03-01 00:00:00", "2020-03-01"),
    ],
)
def test_a_day_is_read_however_towns_write_it(written, day):
    assert day_of(written, "born_on") == day


@pytest.mark.parametrize(
    ("written", "rule"),
    [("yesterday", "date.form"), ("1958-13", "date.month"), ("1958/2/30", "date.day"), ("0958-01-01", "date.year")],
)
def test_what_is_no_day_is_refused_by_its_rule(written, rule):
    with pytest.raises(Malformed) as error:
        day_of(written, "born_on")
    assert (error.value.field, error.value.rule) == ("born_on", rule)


def test_a_stay_needs_a_whole_day():
    assert whole_day("2020/3/1", "since") == "2020-03-01"
    with pytest.raises(Malformed) as error:
        whole_day("2020-03", "since")
    assert error.value.rule == "register.whole_day"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (420115001, "420115001"),
        (420115001.0, "420115001"),
        (1.5, "1.5"),
        (date(2020, 3, 1), "2020-03-01"),
        (datetime(2020, 3, 1, 0, 0), "2020-03-01"),  # noqa: DTZ001 (spreadsheets know no zones)
        (True, "yes"),
        ("  王小雨 ", "王小雨"),
        ("'+86 138", "+86 138"),
    ],
)
def test_a_spreadsheets_values_become_text(value, text):
    assert text_of(value) == text


def test_a_long_number_that_lost_its_digits_is_found():
    with pytest.raises(Malformed) as error:
        text_of(420115198805010000)
    assert error.value.rule == "register.digits_lost"


@pytest.mark.parametrize("text", ["=1+1", "+86 138", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_no_cell_starts_a_formula_and_the_text_comes_back(text):
    assert guarded(text) == f"'{text}"
    assert unguarded(guarded(text)) == text.strip()


@pytest.mark.parametrize("text", ["", "王小雨", "'quoted'", "文化路1号"])
def test_other_text_stays_as_it_is(text):
    assert guarded(text) == text
    assert unguarded(text) == text


def test_yes_and_no_are_read_in_both_languages():
    assert [yes(text, "x") for text in ("是", "否", "Yes", "no", "")] == [True, False, True, False, False]
    with pytest.raises(Malformed):
        yes("maybe", "x")
