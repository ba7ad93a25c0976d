"""A renamed office is found by its new name, by that name's pinyin, and still by what it was called."""

import pytest

from exchange.jurisdictions.renamed import search

ZHIFANG = "420115001000"
NAMES = {ZHIFANG: "新湖街道"}


@pytest.mark.parametrize("text", ["新湖街道", "新湖", "xinhu jiedao", "xhjd", "江夏 新湖", "jiangxia xinhu"])
def test_it_is_found_first_by_the_new_name_and_its_pinyin(text: str):
    found = search(text, NAMES, within="420115000000")
    assert (found[0].code, found[0].name, found[0].pinyin) == (ZHIFANG, "新湖街道", "xin hu jie dao")


@pytest.mark.parametrize("text", ["纸坊街道", "zhifang", "江夏 纸坊", "420115001"])
def test_it_is_still_found_by_the_old_one_and_shown_by_the_new(text: str):
    found = {each.code: each.name for each in search(text, NAMES, within="420115000000")}
    assert found[ZHIFANG] == "新湖街道"


def test_it_is_found_once_and_no_more_than_asked_for():
    names = {ZHIFANG: "纸坊湖街道"}
    found = search("纸坊", names, limit=3)
    assert len(found) <= 3
    assert [each.code for each in found].count(ZHIFANG) == 1


def test_areas_above_are_not_found_for_the_name_of_what_was_renamed():
    assert "420000000000" not in {each.code for each in search("新湖", NAMES)}


def test_without_a_new_name_everything_is_as_it_was():
    assert search("纸坊街道", {}, within="420115000000")[0].name == "纸坊街道"
