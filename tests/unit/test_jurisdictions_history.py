"""Counties of the past, places outside, and the packing of both."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

import pytest

from exchange.jurisdictions import pack
from exchange.jurisdictions.calendar import national
from exchange.jurisdictions.county_history import Spell, former, has_ended, spells
from exchange.jurisdictions.lookup import divisions
from exchange.jurisdictions.outside import find_outside, outside_places


def test_a_county_code_that_ended_keeps_its_name_and_years():
    assert former("420122") == (Spell("武昌县", 1980, 1994),)
    assert has_ended("420122")
    assert divisions().get("420122") is None


def test_a_code_that_goes_on_has_no_former_spell():
    assert former("420115") == ()
    assert spells("420115") == (Spell("江夏区", 1995, 2024),)
    assert not has_ended("420115")


def test_a_renamed_code_lists_its_older_names_first():
    assert spells("460001") == (Spell("通什市", 1988, 2000), Spell("五指山市", 2001, 2002))


def test_a_prefecture_code_ends_too():
    assert former("5302") == (Spell("东川市", 1980, 1997),)


def test_a_code_never_used_has_no_history():
    assert spells("420199") == ()
    assert not has_ended("420199")


def test_the_places_outside_have_names_under_three_codes():
    assert {each.province for each in outside_places()} == {"710000000000", "810000000000", "820000000000"}
    whole = [each for each in outside_places() if len(each.path) == 1]
    assert [each.name for each in whole] == ["香港特别行政区", "澳门特别行政区", "台湾省"]


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("湾仔", ("香港特别行政区", "香港岛", "湾仔区")),
        ("hong kong", ("香港特别行政区",)),
        ("macao", ("澳门特别行政区",)),
        ("taibeishi", ("台湾省", "台北市")),
    ],
)
def test_a_place_outside_is_found_in_either_script(text: str, path: tuple[str, ...]):
    assert find_outside(text)[0].path == path


def test_an_empty_text_finds_nothing_outside():
    assert find_outside(" ") == ()


def write(path: Path, header: str, rows: Sequence[Sequence[object]]) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([header.split(","), *rows])
    data = text.getvalue().encode()
    path.write_bytes(gzip.compress(data) if path.suffix == ".gz" else data)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A country of one province with one town and three villages."""
    write(tmp_path / "provinces.csv", "code,name", [(42, "湖北省")])
    write(tmp_path / "cities.csv", "code,name", [(4201, "武汉市")])
    write(tmp_path / "areas.csv", "code,name", [(420116, "黄陂区"), (420115, "江夏区")])
    write(tmp_path / "streets.csv", "code,name", [(420115001, "纸坊街道")])
    rows = [(f"420115001{number}", 420115001, name) for number, name in [("001", "甲"), ("002", "乙"), ("201", "丙")]]
    write(tmp_path / "villages.csv.gz", "code,streetCode,name", rows)
    header = "county_code,county_name,prefecture_code,prefecture_name,first_year,last_year"
    county, prefecture = (420122, "武昌县", 420100, "武汉市", 1980, 1994), ("", "", 420100, "武汉市", 1980, 2024)
    write(tmp_path / "county-history-1980-2024.csv.gz", header, [county, prefecture, ("", "", "", "", 1980, 2024)])
    (tmp_path / "HK-MO-TW.json").write_text(json.dumps({"澳门特别行政区": {"澳门半岛": ["大堂区"]}}), "utf-8")
    return tmp_path


def test_packing_sorts_levels_and_spells_place_names_rightly(source: Path, tmp_path: Path):
    pack.main(source, tmp_path / "packed")
    assert list(pack.divisions(source)) == [
        "42\t湖北省\thu bei sheng",
        "4201\t武汉市\twu han shi",
        "420115\t江夏区\tjiang xia qu",
        "420116\t黄陂区\thuang pi qu",
        "420115001\t纸坊街道\tzhi fang jie dao",
    ]


def test_packed_villages_state_a_number_only_where_it_leaps(source: Path):
    assert pack.villages(source) == {"42": ["420115001\t甲\t乙\t201:丙"]}


def test_packed_history_holds_counties_and_prefectures(source: Path):
    assert list(pack.history(source)) == ["420100\t武汉市\t1980\t2024", "420122\t武昌县\t1980\t1994"]


def test_packed_places_outside_keep_their_whole(source: Path):
    assert [line.split("\t")[1] for line in pack.outside(source)] == ["澳门特别行政区", "澳门半岛", "澳门半岛/大堂区"]


def test_packing_twice_gives_the_same_bytes(source: Path, tmp_path: Path):
    for folder in ("one", "two"):
        pack.main(source, tmp_path / folder)
    names = sorted(path.relative_to(tmp_path / "one") for path in (tmp_path / "one").rglob("*.*"))
    assert len(names) == 5
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_the_committed_days_are_those_that_the_source_gives():
    committed = (files("exchange.jurisdictions") / "data" / "workdays.txt").read_text("utf-8").splitlines()
    assert committed == list(pack.workdays())
    assert (national().first, national().last) == (2004, 2026)
