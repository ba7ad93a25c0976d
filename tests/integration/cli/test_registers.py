"""A town's register through the command line: in, again, mended, out, and in again; nothing is doubled on the way."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner

from exchange.access import access_log
from exchange.cli import main
from exchange.node import Node
from exchange.registers.intake import BATCH
from exchange.settings import settings
from tests.integration.cli import town

ROWS = 1_200
BAD = town.OF_EACH * len(town.FAULTS)
GOOD = ROWS - BAD - town.OF_EACH
ENVIRONMENT = {"EXCHANGE_SERVES": "420115", "LANG": "zh_CN.UTF-8"}


class Office:
    """One office at one machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"

    def run(self, *arguments: str | Path) -> tuple[int, dict[str, Any]]:
        line = [*map(str, arguments), "--data", str(self.data), "--json"]
        result = CliRunner().invoke(main, line, env=ENVIRONMENT)
        return result.exit_code, json.loads(result.stdout)

    def take_in(self, file: Path, *flags: str) -> tuple[int, dict[str, Any]]:
        return self.run("import", file, "--office", town.OFFICE, *flags)

    def give_out(self, file: Path, purpose: str = "registration") -> tuple[int, dict[str, Any]]:
        return self.run("export", file, "--office", town.OFFICE, "--purpose", purpose)

    def events(self) -> int:
        return int(self.run("status")[1]["events"])


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    return Office(tmp_path_factory.mktemp("office"))


@pytest.fixture(scope="module")
def register(office):
    return town.write(office.folder / "register.csv", town.register(ROWS))


@pytest.fixture(scope="module")
def first(office, register):
    return office.take_in(register)


def test_good_rows_are_recorded_and_the_others_counted_by_rule(first):
    code, told = first
    assert code == 1
    assert (told["rows"], told["recorded"], told["refused"]) == (ROWS, GOOD, BAD + town.OF_EACH)
    assert told["reasons"] == dict.fromkeys(town.FAULTS, town.OF_EACH) | {"register.twice_in_file": town.OF_EACH}


def test_the_others_come_back_with_the_reason_beside_each_in_the_readers_language(office, register, first):
    back = rows_of(office.folder / "register.refused.csv")
    assert len(back) == BAD + town.OF_EACH
    assert list(back[0]) == ["行号", "原因", *town.HEADINGS]
    assert "户籍地：" in next(row["原因"] for row in back if "亚特兰蒂斯" in row["户籍地"])
    assert Counter(row["原因"].startswith("与第 ") for row in back)[True] == town.OF_EACH
    lines = rows_of(register)
    for row in back:
        assert lines[int(row["行号"]) - 2]["居民身份证号"] == row["居民身份证号"]


def test_no_cell_of_the_file_that_comes_back_starts_a_formula(office, first):
    text = (office.folder / "register.refused.csv").read_text(encoding="utf-8-sig")
    assert "'=亚特兰蒂斯" in text
    assert ",=" not in text
    assert ",+86" not in text


def test_a_second_run_doubles_nothing(office, register, first):
    events = office.events()
    code, told = office.take_in(register)
    assert (code, told["recorded"], told["unchanged"], told["refused"]) == (1, 0, GOOD, BAD + town.OF_EACH)
    assert office.events() == events


def test_a_check_alone_records_nothing(office, first):
    events = office.events()
    code, told = office.take_in(town.write(office.folder / "new.csv", [town.person(20_000)]), "--check")
    assert (code, told["recorded"], told["checked_only"]) == (0, 1, True)
    assert office.events() == events


def test_a_register_of_a_day_that_has_not_come_is_refused_as_a_whole(office, register, first):
    code, told = office.take_in(register, "--as-of", "2199-01-01")
    assert (code, told["error"]["field"], told["error"]["rule"]) == (2, "--as-of", "cli.as_of_ahead")


def test_a_changed_row_is_reported_as_differing_and_not_doubled(office, first):
    events = office.events()
    changed = [town.person(at) for at in (1, 2)]
    changed[0][town.HEADINGS.index("现住址")] = "解放路9号"
    changed[1][0] = "李大雷"
    file = town.write(office.folder / "changed.csv", changed, "gb18030")
    code, told = office.take_in(file)
    assert (code, told["recorded"], told["differing"], told["refused"]) == (1, 0, 2, 0)
    back = rows_of(office.folder / "changed.refused.csv")
    assert ["现住址" in back[0]["原因"], "姓名" in back[1]["原因"]] == [True, True]
    assert office.events() == events


def test_a_mended_file_of_refused_rows_can_be_taken_in_as_it_came_back(office, first):
    back = rows_of(office.folder / "register.refused.csv")
    row = next(row for row in back if row["居住类型"] == "路过")
    mended = office.folder / "mended.csv"
    with mended.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(row))
        writer.writeheader()
        writer.writerow({**row, "居住类型": "常住"})
    code, told = office.take_in(mended)
    assert (code, told["rows"], told["recorded"]) == (0, 1, 1)
    assert told["refused_file"] is None
    assert not (office.folder / "mended.refused.csv").exists()


def test_both_sides_are_equal_and_a_replay_gives_the_same_records(office, first):
    code, told = office.run("reconcile")
    assert (code, told["equal"], told["waiting"]) == (0, True, 0)
    assert told["checks"] == {"ledger": 0, "view": 0, "entitlement": 0, "agreement": 0}
    code, told = office.run("replay")
    assert (code, told["differences"]) == (0, [])
    assert told["records_compared"] >= GOOD


def test_an_incomer_is_told_to_the_registration_place_and_nothing_is_asked(office, first):
    node = Node.open(settings(data=office.data, serves=("420115",)))
    try:
        with node.uow.look() as session:
            fed = session.feed("420115007000", 0, 5_000)
    finally:
        node.close()
    assert {delivery.kind for delivery in fed} == {"registration"}
    assert not any(delivery.asked for delivery in fed)
    assert len({delivery.person for delivery in fed}) == len([at for at in range(GOOD) if at % 3 == 0])


def test_what_is_given_out_can_be_taken_in_elsewhere_and_is_the_same(tmp_path):
    here, there = Office(tmp_path / "here"), Office(tmp_path / "there")
    for each in (here, there):
        each.folder.mkdir()
    here.take_in(town.write(tmp_path / "register.csv", [town.person(at) for at in range(150)]))
    for name in ("out.csv", "out.xlsx"):
        code, told = here.give_out(tmp_path / name)
        assert (code, told["persons"]) == (0, 150)
        code, told = here.take_in(tmp_path / name)
        assert (code, told["recorded"], told["unchanged"]) == (0, 0, 150)
    assert there.take_in(tmp_path / "out.xlsx")[1]["recorded"] == 150
    there.give_out(tmp_path / "again.csv")
    assert sorted(map(str, rows_of(tmp_path / "again.csv"))) == sorted(map(str, rows_of(tmp_path / "out.csv")))
    assert {row["民族"] for row in rows_of(tmp_path / "again.csv")} == {"汉族"}


def test_the_purpose_of_giving_out_is_kept_with_every_person(office, first, tmp_path):
    office.give_out(tmp_path / "out.csv", "resident_request")
    node = Node.open(settings(data=office.data, serves=("420115",)))
    try:
        with node.uow.look() as session:
            person = session.feed("420115007000", 0, 1)[0].person
        read = access_log.readers_of(node.uow, person)
    finally:
        node.close()
    assert {(entry.office, entry.purpose) for entry in read} >= {(town.OFFICE, "resident_request")}


def test_a_reason_names_the_columns_as_the_file_does(office, first):
    row = ["Li Si", "男", "420115198805010025", "本地"]
    with (office.folder / "own.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["Name", "性别", "公民身份号码", "户籍所在地"], row])
    assert office.take_in(office.folder / "own.csv")[0] == 1
    [back] = rows_of(office.folder / "own.refused.csv")
    assert back["原因"].startswith("性别：与“公民身份号码”中的号码不一致")


def test_no_file_that_holds_something_else_is_written_over(office, first, tmp_path):
    filled = town.write(tmp_path / "filled.csv", [town.person(50_000)])
    before = filled.read_bytes()
    for line in (["--template", str(filled)], [str(office.folder / "register.csv"), "--refused", str(filled)]):
        code, told = office.run("import", "--office", town.OFFICE, *line)
        assert (code, told["error"]["rule"]) == (2, "cli.file_exists")
        assert filled.read_bytes() == before
    back = tmp_path / "back.csv"
    for _ in range(2):  # what came back from an earlier run makes room for what comes back from this one
        assert office.take_in(office.folder / "register.csv", "--refused", str(back))[1]["refused_file"] == str(back)


def test_excel_comes_back_as_excel(office, first):
    book = openpyxl.Workbook()
    for row in [town.HEADINGS, town.person(30_000), town.FAULTS["name.letters"](town.person(30_001))]:
        book.worksheets[0].append(row)
    book.save(office.folder / "small.xlsx")
    code, told = office.take_in(office.folder / "small.xlsx", "--language", "en")
    assert (code, told["recorded"], told["refused"]) == (1, 1, 1)
    sheet = openpyxl.load_workbook(office.folder / "small.refused.xlsx").worksheets[0]
    assert [cell.value for cell in sheet[1]][:2] == ["Row", "Reason"]
    assert sheet[2][1].value == "姓名: The name contains no letter."


def test_an_office_that_the_node_does_not_serve_records_nothing(office, first):
    file = town.write(office.folder / "far.csv", [town.person(40_000)])
    code, told = office.run("import", file, "--office", "浙江省杭州市西湖区北山街道")
    assert (code, told["error"]["rule"]) == (2, "cli.not_served")


def test_a_file_that_breaks_off_leaves_nothing_half_done(tmp_path):
    office = Office(tmp_path)
    rows = "".join(f"王小雨,1990-01-01,本地,A{n}\n" for n in range(BATCH + 1))
    (tmp_path / "cut.csv").write_text(f'姓名,出生日期,户籍地,登记编号\n{rows}"王', encoding="utf-8")
    office.run("db", "upgrade")
    before = office.run("status")[1]["pending"]
    code, answer = office.take_in(tmp_path / "cut.csv")
    assert (code, answer["error"]["rule"]) == (2, "register.line")
    assert office.run("status")[1]["pending"] == before
    assert not (tmp_path / "cut.refused.csv").exists()
