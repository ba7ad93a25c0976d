"""Numbers by GB 11643, each rule by itself."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from events.documents import check_digit, lookup_form, parse, resident_number
from events.errors import Malformed

# The example of the standard itself.
STANDARD = "11010519491231002X"
# Counties that python-stdnum knows through the whole period, for a second opinion.
COUNTIES = ("110101", "110105", "310104", "310105")

birth_days = st.dates(date(1950, 1, 1), date(2020, 12, 31)).map(date.isoformat)
sequences = st.integers(0, 999)


def rule_of(number: object, **options: object) -> tuple[str | None, str | None]:
    with pytest.raises(Malformed) as error:
        parse("resident", number, **options)  # type: ignore[arg-type]
    return error.value.field, error.value.rule


def wrong(number: str) -> str:
    return number[:17] + ("0" if number[17] != "0" else "1")


def test_the_example_of_the_standard():
    document = parse("resident", STANDARD)
    assert document.number == document.canonical == STANDARD
    assert (document.born_on, document.sex, document.division) == ("1949-12-31", "F", "110105")
    assert (document.kind, document.holder, document.warnings) == ("resident", "mainland", ())


def test_the_second_example_of_the_standard():
    assert check_digit("44052418800101001") == "4"
    assert parse("resident", "440524188001010014").sex == "M"


@pytest.mark.parametrize(
    "typed",
    ["11010519491231002x", " 110105 1949 1231 002X ", "110105-19491231-002X", "１１０１０５１９４９１２３１００２Ｘ"],
)
def test_one_spelling_however_it_was_typed(typed):
    assert parse("resident", typed).number == STANDARD


def test_the_check_digit_must_fit():
    assert rule_of("110105194912310021") == ("number", "document.check_digit")


def test_the_field_to_blame_is_the_callers():
    assert rule_of("110105194912310021", field="document.resident")[0] == "document.resident"


def test_a_wrong_check_digit_is_recorded_only_on_purpose():
    document = parse("resident", "110105194912310021", as_printed=True)
    assert document.number == "110105194912310021"
    assert document.warnings == ("document.as_printed",)


def test_as_printed_says_nothing_about_a_right_number():
    assert parse("resident", STANDARD, as_printed=True).warnings == ()


@pytest.mark.parametrize("number", ["110105194902300029", "110105194913010023", "110105194900010023"])
def test_as_printed_excuses_no_impossible_day(number):
    assert rule_of(number, as_printed=True)[1] == "document.date"


def test_the_birth_date_must_exist():
    assert rule_of("11010519490230002" + check_digit("11010519490230002"))[1] == "document.date"


def test_the_29th_of_february_exists_in_leap_years_only():
    assert parse("resident", resident_number("110105", "2000-02-29", 1)).born_on == "2000-02-29"
    assert rule_of("110105190002290018")[1] == "document.date"


@pytest.mark.parametrize("year", ["1849", "0000", "2201"])
def test_an_absurd_year_is_refused(year):
    body = f"110105{year}0101001"
    assert rule_of(body + check_digit(body))[1] == "document.date"


def test_nobody_is_born_after_the_day_asked_about():
    number = resident_number("110105", "2026-05-02", 1)
    assert rule_of(number, as_of="2026-05-01")[1] == "document.future"
    assert parse("resident", number, as_of="2026-05-02").born_on == "2026-05-02"


def test_fifteen_digits_are_of_the_nineteen_hundreds_and_have_no_check_digit():
    document = parse("resident", "110105491231002")
    assert document.number == "110105491231002"
    assert document.canonical == STANDARD
    assert (document.born_on, document.sex) == ("1949-12-31", "F")


def test_fifteen_digits_with_an_impossible_day_are_refused():
    assert rule_of("110105491331002")[1] == "document.date"


@pytest.mark.parametrize("number", ["1101054912310021", "1" * 14, "1" * 17, "1" * 19, "1" * 41])
def test_a_number_has_fifteen_or_eighteen_places(number):
    assert rule_of(number)[1] == "document.length"


@pytest.mark.parametrize(
    "number",
    [
        "1101051949123X0021",
        "11010549123100X",
        "11010519491231002Х",  # a Cyrillic letter
        "11010519491231002×",
        "1101051949123100٢X",  # an Arabic digit
        "11010519491231002\x00",
        "11010519491231002X\n",
        "1101051949123100ſX",  # upper case would make an S of it
        None,
        110105194912310021,
    ],
)
def test_only_the_last_place_may_be_an_x_and_nothing_is_guessed(number):
    assert rule_of(number)[1] == "document.characters"


@pytest.mark.parametrize("number", ["", "  ", "- -"])
def test_an_empty_number_is_named_as_such(number):
    assert rule_of(number)[1] == "document.empty"


def test_a_foreign_permanent_residents_card_is_another_kind():
    assert rule_of("931156196805021018")[1] == "document.is_foreign_card"


@pytest.mark.parametrize(
    ("division", "holder"), [("810000", "hong_kong"), ("820000", "macao"), ("830000", "taiwan"), ("110105", "mainland")]
)
def test_the_division_tells_who_holds_it(division, holder):
    document = parse("resident", resident_number(division, "1991-04-17", 2))
    assert (document.holder, document.warnings) == (holder, ())


@pytest.mark.parametrize("division", ["000001", "160101", "810001", "700000"])
def test_an_unknown_division_only_warns(division):
    document = parse("resident", resident_number(division, "1991-04-17", 2))
    assert document.division == division
    assert document.warnings == ("document.division_unknown",)


def test_an_odd_sequence_is_a_mans():
    assert parse("resident", resident_number("110105", "1991-04-17", 3)).sex == "M"
    assert parse("resident", resident_number("110105", "1991-04-17", "004")).sex == "F"


def test_an_unknown_kind_is_refused():
    with pytest.raises(Malformed) as error:
        parse("library", STANDARD)
    assert error.value.rule == "document.kind"


def test_an_error_never_repeats_the_number():
    with pytest.raises(Malformed) as error:
        parse("resident", "110105194912310021")
    assert "1949" not in str(error.value)


def test_a_representation_never_shows_the_number():
    assert "1949" not in repr(parse("resident", STANDARD))


@pytest.mark.parametrize(
    "parts", [("11010", "1991-04-17", 1), ("110105", "1991-4-17", 1), ("110105", "1991-04-17", 1000)]
)
def test_a_number_is_built_of_whole_parts_only(parts):
    with pytest.raises(Malformed) as error:
        resident_number(*parts)
    assert error.value.rule == "document.characters"


def test_a_number_is_built_of_a_real_day_only():
    with pytest.raises(Malformed) as error:
        resident_number("110105", "1991-02-30", 1)
    assert (error.value.field, error.value.rule) == ("born_on", "document.date")


@pytest.mark.parametrize("body", ["1" * 16, "1" * 18, "1" * 16 + "X", "１" * 17])
def test_a_check_digit_needs_seventeen_digits(body):
    with pytest.raises(Malformed) as error:
        check_digit(body)
    assert error.value.rule == "document.characters"


@given(division=st.sampled_from(COUNTIES), born_on=birth_days, sequence=sequences)
def test_what_is_built_is_read_back(division, born_on, sequence):
    number = resident_number(division, born_on, sequence)
    document = parse("resident", number)
    assert (document.division, document.born_on, document.number[14:17]) == (division, born_on, f"{sequence:03d}")
    assert document.sex == ("M" if sequence % 2 else "F")


@given(division=st.sampled_from(COUNTIES), born_on=birth_days, sequence=sequences)
def test_python_stdnum_agrees_where_it_knows_the_county(division, born_on, sequence):
    number = resident_number(division, born_on, sequence)
    assert ric.validate(number) == number
    assert ric.get_birth_date(number).isoformat() == born_on
    assert not ric.is_valid(wrong(number))


@given(
    division=st.sampled_from(COUNTIES),
    born_on=birth_days,
    sequence=sequences,
    place=st.integers(0, 16),
    digit=st.sampled_from("0123456789"),
)
def test_one_mistyped_digit_is_always_noticed(division, born_on, sequence, place, digit):
    number = resident_number(division, born_on, sequence)
    mistyped = number[:place] + digit + number[place + 1 :]
    if mistyped != number:
        assert rule_of(mistyped)[1] in {"document.check_digit", "document.date", "document.is_foreign_card"}


@given(born_on=st.dates(date(1900, 1, 1), date(1999, 12, 31)).map(date.isoformat), sequence=sequences)
def test_fifteen_and_eighteen_digits_of_one_number_are_looked_up_alike(born_on, sequence):
    long = resident_number("420115", born_on, sequence)
    short = long[:6] + long[8:17]
    assert parse("resident", short).canonical == long
    assert lookup_form("resident", short) == lookup_form("resident", long)
