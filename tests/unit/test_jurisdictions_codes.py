"""Division codes: what is one, and how areas lie within each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from events.errors import Malformed
from exchange.jurisdictions import codes
from exchange.jurisdictions.codes import Level


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ("42", "420000000000", Level.PROVINCE),
        ("4201", "420100000000", Level.PREFECTURE),
        ("420115", "420115000000", Level.COUNTY),
        ("420115001", "420115001000", Level.TOWN),
        ("420115001001", "420115001001", Level.VILLAGE),
        (" 420100 ", "420100000000", Level.PREFECTURE),
        ("441900003", "441900003000", Level.TOWN),
        ("81", "810000000000", Level.PROVINCE),
    ],
)
def test_a_code_of_any_whole_length_is_padded_and_tells_its_level(text: str, code: str, level: Level):
    assert codes.parse(text) == code
    assert codes.level(code) is level


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "division.digits"),
        ("42011x", "division.digits"),
        ("４２", "division.digits"),
        ("4", "division.length"),
        ("42011", "division.length"),
        ("4201150010011", "division.length"),
        ("00", "division.province"),
        ("10", "division.province"),
        ("91", "division.province"),
        ("420000001", "division.gap"),
        ("420115000001", "division.gap"),
    ],
)
def test_what_can_never_be_a_code_is_refused_by_its_rule(text: str, rule: str):
    with pytest.raises(Malformed) as refused:
        codes.parse(text, "origin")
    assert (refused.value.rule, refused.value.field) == (rule, "origin")


def test_the_areas_above_run_from_the_province_down():
    assert codes.ancestors("420115001001") == ("420000000000", "420100000000", "420115000000", "420115001000")
    assert codes.parent("420115001001") == "420115001000"
    assert codes.parent("420000000000") is None


def test_a_town_directly_under_a_prefecture_has_the_prefecture_as_parent():
    assert codes.parent("441900003000") == "441900000000"


def test_a_county_directly_under_a_province_has_the_province_as_parent():
    assert codes.level(codes.parse("460001")) is Level.COUNTY
    assert codes.parent("460001000000") == "460000000000"


def test_an_area_holds_itself_and_what_begins_with_its_stem():
    assert codes.is_within("420115001000", "420115000000")
    assert codes.is_within("420115000000", "420115000000")
    assert not codes.is_within("420100000000", "420115000000")
    assert not codes.is_within("420116001000", "420115000000")


def test_county_and_province_are_shared_by_digits():
    assert codes.same_county("420115001000", "420115002001")
    assert not codes.same_county("420115001000", "420116001000")
    assert codes.same_county("441900003000", "441900004000")
    assert not codes.same_county("420100000000", "420100000000"), "a prefecture lies in no county"
    assert codes.same_province("420115001000", "429004001000")
    assert not codes.same_province("420115001000", "430102001000")


@given(st.integers(0, 10**12 - 1).map("{:012}".format))
def test_whatever_is_a_code_lies_within_all_areas_above_it(text: str):
    try:
        code = codes.parse(text)
    except Malformed as refused:
        assert refused.rule in {"division.province", "division.gap"}  # noqa: PT017
        return
    for area in codes.ancestors(code):
        assert codes.is_within(code, area)
        assert codes.level(area) < codes.level(code)
