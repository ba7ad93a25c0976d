"""Places of a register: a town by code or full name, here, abroad, unknown, none."""

import pytest

from events.errors import Malformed
from exchange.registers.places import place_of, place_text, town_of

HERE = "420115001000"
ZHIFANG = {"kind": "town", "code": "420115001000"}


@pytest.mark.parametrize(
    "written",
    [
        "420115001",
        "420115001000",
        "420115001001",  # a village lies in its town
        "湖北省武汉市江夏区纸坊街道",
        "武汉市江夏区纸坊街道",
        "江夏区纸坊街道",
        "湖北省 武汉市 江夏区 纸坊街道",
        "湖北省武汉市江夏区纸坊街道办事处",
        "本地",
        "here",
    ],
)
def test_a_town_is_found_by_code_and_by_full_name(written):
    assert place_of(written, HERE, "registration") == ZHIFANG


def test_the_level_that_names_leave_out_may_be_left_out():
    assert town_of("北京市西城区白纸坊街道", "registration") == "110102019000"


@pytest.mark.parametrize(
    ("written", "place"),
    [
        ("无", None),
        ("境外", {"kind": "abroad"}),
        ("境外 US", {"kind": "abroad", "country": "US"}),
        ("abroad: 美国", {"kind": "abroad", "country": "US"}),
        ("不详", {"kind": "unknown"}),
        ("无固定住所", {"kind": "no_fixed_abode"}),
    ],
)
def test_what_is_no_town_is_said_in_words(written, place):
    assert place_of(written, HERE, "registration") == place


@pytest.mark.parametrize(
    ("written", "rule"),
    [
        ("亚特兰蒂斯", "division.unknown"),
        ("420115999", "division.unknown"),
        ("纸坊街道", "register.place_ambiguous"),
        ("湖北省武汉市江夏区", "register.place_not_town"),
        ("420115", "register.place_not_town"),
        ("4201151", "division.length"),
        ("境外 Atlantis", "code.unknown"),
    ],
)
def test_what_names_no_one_town_is_refused_by_its_rule(written, rule):
    with pytest.raises(Malformed) as error:
        place_of(written, HERE, "registration")
    assert (error.value.field, error.value.rule) == ("registration", rule)


@pytest.mark.parametrize(
    "place",
    [
        None,
        ZHIFANG,
        {"kind": "town", "code": "110102019000"},
        {"kind": "abroad"},
        {"kind": "abroad", "country": "US"},
        {"kind": "unknown"},
        {"kind": "no_fixed_abode"},
    ],
)
def test_what_is_written_is_read_back(place):
    assert place_of(place_text(place, "330106109000"), "330106109000", "registration") == place
