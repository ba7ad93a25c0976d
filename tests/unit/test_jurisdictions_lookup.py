"""The real divisions of 2023: complete, quick, and found in the ways that a clerk types."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter

import pytest

from events.errors import Malformed
from exchange.jurisdictions.codes import Level, level
from exchange.jurisdictions.lookup import Division, divisions, villages

JIANGXIA = "420115000000"


def codes_of(found: tuple[Division, ...]) -> list[str]:
    return [each.code for each in found]


def test_the_whole_country_is_there():
    counted = Counter(each.level for each in divisions())
    # 44,703 rows; Dongguan, Zhongshan, Danzhou and Jinmen each stand on two levels at once, the upper counts
    assert counted == {Level.PROVINCE: 31, Level.PREFECTURE: 342, Level.COUNTY: 2978 - 3, Level.TOWN: 41352 - 1}
    assert len(divisions()) == 44_703 - 4


def test_every_village_is_there():
    towns = [each.code for each in divisions() if each.level is Level.TOWN]
    # 620,573 rows; the one of Jinmen repeats the county
    assert sum(len(villages(town)) for town in towns) == 620_573 - 1


@pytest.mark.parametrize(
    ("code", "name", "english"),
    [
        ("42", "湖北省", "Hubei Province"),
        ("61", "陕西省", "Shaanxi Province"),
        ("4201", "武汉市", "Wuhan City"),
        ("6101", "西安市", "Xi'an City"),
        ("4228", "恩施土家族苗族自治州", "Enshi Tujia and Miao Autonomous Prefecture"),
        ("420115", "江夏区", "Jiangxia District"),
        ("150123", "和林格尔县", "Helinge'er County"),
        ("110101001", "东华门街道", "Donghuamen Subdistrict"),
        ("441900003", "东城街道", "Dongcheng Subdistrict"),
        ("1411", "吕梁市", "Lüliang City"),
        ("110101001001", "多福巷社区居委会", "多福巷社区居委会"),
    ],
)
def test_a_division_has_its_chinese_and_english_name(code: str, name: str, english: str):
    division = divisions().get(code)
    assert division is not None
    assert (division.name, division.english) == (name, english)


def test_an_unknown_code_is_none_and_an_impossible_one_is_refused():
    assert divisions().get("420199") is None
    assert divisions().get("420115001999") is None
    with pytest.raises(Malformed, match=r"division\.length"):
        divisions().get("42011")


def test_a_path_runs_from_the_province_to_the_village():
    assert divisions().path("420115001001") == ("湖北省", "武汉市", "江夏区", "纸坊街道", "宁安社区居委会")
    assert divisions().path("441900003") == ("广东省", "东莞市", "东城街道")
    assert divisions().path("420199") == ("湖北省", "武汉市")


def test_children_lie_one_level_down():
    assert codes_of(divisions().children("42"))[:2] == ["420100000000", "420200000000"]
    assert len(divisions().children("4201")) == 13
    assert {each.level for each in divisions().children("420115")} == {Level.TOWN}
    assert {each.level for each in divisions().children("4419")} == {Level.TOWN}
    assert codes_of(divisions().children("110101001"))[0] == "110101001001"
    assert divisions().children("110101001001") == ()


def test_every_area_but_a_province_is_a_child_once():
    tree = divisions()
    children = [each.code for area in tree if area.level < Level.TOWN for each in tree.children(area.code)]
    assert len(children) == len(set(children)) == len(tree) - 31


def test_names_are_found_exactly_and_within_an_area():
    assert len(divisions().named("朝阳区")) == 2
    assert codes_of(divisions().named("朝阳区", within="110000000000")) == ["110105000000"]
    assert divisions().named("江夏") == ()


@pytest.mark.parametrize(
    "text",
    [
        "江夏", "江夏区", "武汉 江夏", "武汉市江夏区", "湖北省武汉市江夏区", "湖北/江夏",
        "jiangxia", "jiang xia", "JiangXia", "jiangxiaqu", "hubei jiangxiaqu", "420115",
    ],
)  # fmt: skip
def test_a_clerk_finds_a_district_first_however_it_is_typed(text: str):
    assert codes_of(divisions().search(text))[0] == JIANGXIA


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("jxq", "江夏区"), ("whs", "武汉市"), ("lvshun", "旅顺口区"), ("lüshun", "旅顺口区"), ("xi'anshi", "西安市"),
        ("dhmjd", "东华门街道"), ("chongqing", "重庆市"), ("luanshi", "六安市"), ("changzhi", "长治市"),
        ("chaoyang", "朝阳市"), ("luohe", "漯河市"), ("xunxian", "浚县"), ("shaanxi", "陕西省"),
        ("harbin", "哈尔滨市"), ("inner mongolia", "内蒙古自治区"), ("110101001002", "银闸社区居委会"),
    ],
)  # fmt: skip
def test_pinyin_initials_and_codes_find_their_place(text: str, name: str):
    assert name in [each.name for each in divisions().search(text)]


def test_a_search_keeps_to_its_area_and_limit():
    found = divisions().search("街道", limit=5, within=JIANGXIA)
    assert len(found) == 5
    assert all(each.code.startswith("420115") for each in found)
    assert divisions().search("街道", limit=0) == ()
    assert divisions().search("  ") == ()
    assert divisions().search("没有这个地方") == ()
    assert divisions().search("江夏" * 5000) == ()


def test_villages_are_found_by_name_within_their_town():
    assert codes_of(divisions().search("宁安", within="420115001000")) == ["420115001001"]
    assert codes_of(divisions().search("社区", within="420115001001")) == ["420115001001"]


def test_large_areas_come_first_among_equals():
    levels = [level(each.code) for each in divisions().search("42", limit=300)]
    assert levels == sorted(levels)


def measured(program: str) -> list[float]:
    command = [sys.executable, "-c", program]
    return [float(each) for each in subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()]


def test_the_start_takes_less_than_two_seconds():
    [seconds] = measured(
        "import time; begun = time.process_time();"
        "from exchange.jurisdictions.lookup import divisions; divisions();"
        "print(time.process_time() - begun)"
    )
    assert seconds < 2


def test_the_country_fits_in_a_small_part_of_a_process():
    held, peak = measured(
        "import tracemalloc; tracemalloc.start();"
        "from exchange.jurisdictions.lookup import divisions; divisions();"
        "print(*tracemalloc.get_traced_memory())"
    )
    assert held < 25e6, "bytes"
    assert peak < 60e6, "bytes"


def test_a_search_takes_a_moment_only():
    divisions()
    begun = time.process_time()
    for text in ("z", "江", "zhen", "不存在的地方", "wuhan jiangxia"):
        divisions().search(text)
        divisions().search(text, within="659012405000")
    assert time.process_time() - begun < 1
