"""Code lists: the published lists whole, nothing else accepted, a text in both languages for every code."""

from __future__ import annotations

import pytest

from events.codes import LISTS, by_standard, check, codes, country_by_alpha3, text
from events.errors import Malformed
from exchange.translations import LANGUAGES
from exchange.translations import text as translated

EVERY = [(name, entry) for name in LISTS for entry in codes(name)]


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("sex", 4),
        ("marital_status", 8),
        ("ethnic_group", 58),
        ("education", 8),
        ("country", 249),
        ("relation", 84),
        ("reason", 10),
        ("dwelling", 5),
        ("document", 10),
    ],
)
def test_a_list_is_whole(name, count):
    assert len(codes(name)) == count
    assert len({entry.standard for entry in codes(name)}) == count


def test_the_ethnic_groups_are_the_fifty_six_and_two_more():
    assert [entry.code for entry in codes("ethnic_group")] == [f"{n:02d}" for n in (*range(1, 57), 97, 98)]


@pytest.mark.parametrize(("name", "entry"), EVERY, ids=lambda value: getattr(value, "code", value))
def test_a_code_is_accepted_and_has_a_text_in_both_languages(name, entry):
    assert check(name, entry.code, "field") == entry.code
    assert any("\u4e00" <= sign <= "\u9fff" for sign in text(name, entry.code, "zh-CN"))
    assert text(name, entry.code, "en").isascii() or name == "country"
    assert text(name, entry.code, "en") != entry.code


@pytest.mark.parametrize(
    ("name", "value"),
    [("sex", "1"), ("sex", "f"), ("sex", ""), ("ethnic_group", "57"), ("ethnic_group", "1"), ("country", "cn"),
     ("country", "CHN"), ("country", "XX"), ("relation", "98"), ("reason", "Work"), ("marital_status", 10),
     ("education", None), ("document", "110"), ("sex", ["F"])],
)  # fmt: skip
def test_anything_else_is_refused_by_name(name, value):
    with pytest.raises(Malformed) as error:
        check(name, value, "stated.field")
    assert (error.value.field, error.value.rule) == ("stated.field", "code.unknown")
    assert error.value.details.keys() == {"list", "codes"}  # and not the value, which may be anything


@pytest.mark.parametrize(
    ("name", "named"), [("sex", "M, F, U, N"), ("ethnic_group", "01, 02, 03, 04, 05, 06, 07, 08, 09, 10, 11, 12, …")]
)
def test_a_refusal_names_the_codes_that_there_are(name, named):
    with pytest.raises(Malformed) as error:
        check(name, "odd", "stated.field")
    assert error.value.details["codes"] == named
    for language in LANGUAGES:
        assert named in translated("code.unknown", language, **error.value.details)


def test_a_list_that_does_not_exist_is_a_mistake_of_the_program():
    with pytest.raises(KeyError):
        check("shoe_size", "42", "field")


@pytest.mark.parametrize(
    ("name", "number", "code"),
    [
        ("sex", "1", "M"),
        ("sex", "2", "F"),
        ("country", "156", "CN"),
        ("country", "840", "US"),
        ("marital_status", "40", "40"),
    ],
)
def test_the_number_of_the_standard_finds_the_code(name, number, code):
    entry = by_standard(name, number)
    assert entry is not None
    assert entry.code == code


def test_a_number_that_the_standard_lacks_finds_nothing():
    assert by_standard("country", "999") is None


def test_letters_of_a_passport_find_the_country():
    entry = country_by_alpha3("USA")
    assert entry is not None
    assert (entry.code, entry.standard) == ("US", "840")
    assert country_by_alpha3("QQQ") is None


@pytest.mark.parametrize(
    ("name", "code", "zh", "en"),
    [
        ("sex", "F", "女", "Female"),
        ("marital_status", "30", "丧偶", "Widowed"),
        ("ethnic_group", "05", "维吾尔族", "Uyghur"),
        ("education", "70", "初级中学教育", "Junior secondary"),
        ("country", "TW", "中国台湾", "Taiwan, China"),
        ("relation", "02", "户主", "Head of household"),
        ("reason", "work", "工作就业", "Work"),
        ("document", "553", "外国人永久居留身份证", "Foreign permanent resident identity card"),
    ],
)
def test_texts_of_the_standard(name, code, zh, en):
    assert (text(name, code, "zh"), text(name, code, "en")) == (zh, en)


def test_a_code_of_another_age_stands_for_itself():
    assert text("country", "SU", "en") == "SU"
