"""Counties and prefectures of the past are found by code, name and pinyin, and named where a birth place names them."""

import pytest

from events.errors import Malformed
from exchange.commands.particular import particular
from exchange.console.words import Words
from exchange.jurisdictions import past
from exchange.jurisdictions.renamed import search
from exchange.registers.meanings import birth_place
from exchange.registers.places import town_of

WUCHANG = "420122000000"  # ended in 1994
XIANGYANG = "420600000000"  # 襄樊市 until 2009


@pytest.mark.parametrize("text", ["420122", "武昌县", "武汉市武昌县", "湖北 武昌县", "wuhan wuchangxian"])
def test_a_county_that_ended_is_found(text: str):
    found = search(text, {})[0]
    assert (found.code, found.name, found.pinyin) == (WUCHANG, "武昌县", "wu chang xian")


@pytest.mark.parametrize("text", ["襄樊市", "xiangfanshi"])
def test_a_renamed_prefecture_is_found_by_its_former_name_and_shown_by_its_present_one(text: str):
    assert (search(text, {})[0].code, search(text, {})[0].name) == (XIANGYANG, "襄阳市")


def test_what_is_called_so_today_comes_before_what_was_called_so():
    found = [each.code for each in search("江北区", {}, within="500000000000")]
    assert found[0] == "500105000000"
    assert [each.code for each in search("江北区", {})].index("510211000000") > found.index("500105000000")


def test_the_past_keeps_to_the_area_and_to_the_limit():
    assert WUCHANG not in {each.code for each in search("武昌县", {}, within="330000000000")}
    assert len(search("zhen", {}, limit=3)) == 3


def test_each_area_is_found_once():
    found = [each.code for each in search("440107", {})]
    assert found.count("440107000000") == 1


def test_a_code_that_was_never_used_names_nothing():
    assert past.area("420199") is None
    assert past.area("420115001001") is not None  # a village


@pytest.mark.parametrize("written", ["420122", "武昌县", "湖北省武汉市武昌县"])
def test_somebody_was_born_in_a_county_of_the_past(written: str):
    assert birth_place(written, "birth_place") == WUCHANG
    assert particular("birth_place", WUCHANG, "birth_place", "2026-01-01") == WUCHANG
    assert Words("zh-CN").value("birth_place", WUCHANG) == "武汉市武昌县"
    assert Words("en").value("birth_place", WUCHANG) == "Wuchang County, Wuhan City"


def test_nobody_lives_in_a_county_of_the_past():
    with pytest.raises(Malformed) as refused:
        town_of("武昌县", "registration")
    assert refused.value.rule == "division.unknown"


def test_a_name_that_several_counties_bore_says_which():
    with pytest.raises(Malformed) as refused:
        birth_place("潼南县", "birth_place")
    assert refused.value.rule == "register.place_ambiguous"
    assert "潼南县" in str(refused.value.details["places"])


@pytest.mark.parametrize("code", ["420199", "420115999"])
def test_nobody_was_born_where_no_area_ever_was(code: str):
    with pytest.raises(Malformed) as refused:
        particular("birth_place", code, "birth_place", "2026-01-01")
    assert refused.value.rule == "division.unknown"


@pytest.mark.parametrize("code", ["710000000000", "810000000000", "820000000000"])
def test_somebody_may_be_born_in_hong_kong_macao_or_taiwan(code: str):
    assert particular("birth_place", code, "birth_place", "2026-01-01") == code
