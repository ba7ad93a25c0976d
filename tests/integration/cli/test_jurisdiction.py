"""`exchange jurisdiction`: offices renamed, succeeded, split by a file, and closed; nothing is half done."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from exchange.access.keys import Keys
from exchange.cli import main
from exchange.http.app import create_app
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.settings import settings
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Town, woman

SECOND = "110108002000"
SERVED = ("11", "42")


class Machine:
    """One node, and somebody at its machine."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.data = folder / "data"

    def node(self) -> Node:
        return Node.open(settings(data=self.data, serves=SERVED))

    def run(self, *arguments: str | Path, machines: bool = True) -> tuple[int, Any]:
        line = ["jurisdiction", *map(str, arguments), "--data", str(self.data), *(["--json"] if machines else [])]
        environment = {"EXCHANGE_SERVES": ",".join(SERVED), "LANG": "en_GB.UTF-8"}
        result = CliRunner().invoke(main, line, env=environment)
        return result.exit_code, json.loads(result.stdout) if machines else result.output

    def registered(self, *numbers: int) -> list[str]:
        node = self.node()
        try:
            return [str(Town(node, ZHIFANG).registers(woman(number)).person) for number in numbers]
        finally:
            node.close()

    def file(self, text: str) -> Path:
        path = self.folder / "allotment.csv"
        path.write_text(text, encoding="utf-8-sig")
        return path

    def split(self, text: str, **more: bool) -> tuple[int, Any]:
        return self.run("split", ZHIFANG, "--to", WANSHOULU, "--to", SECOND, "--allotment", self.file(text), **more)

    def successor(self, code: str, person: str | None = None) -> str:
        node = self.node()
        try:
            return node.offices.successor(code, person)
        finally:
            node.close()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_town_is_split_by_a_file(machine: Machine):
    one, other = machine.registered(2, 4)
    status, answer = machine.split(f"person,office\n{other},{SECOND}\n")
    assert (status, answer["office"], answer["allotted"]) == (0, ZHIFANG, 1)
    assert (machine.successor(ZHIFANG, one), machine.successor(ZHIFANG, other)) == (WANSHOULU, SECOND)


def test_the_file_may_be_headed_in_chinese_in_any_order_and_name_offices(machine: Machine):
    [person] = machine.registered(2)
    status, said = machine.split(f"单位,人员\n北京市海淀区永定路街道,{person}\n\n", machines=False)
    assert (status, "Dossiers allotted: 1" in said) == (0, True)
    assert machine.successor(ZHIFANG, person) == SECOND


def test_without_a_file_everything_is_the_first_successors(machine: Machine):
    [person] = machine.registered(2)
    assert machine.run("split", ZHIFANG, "--to", WANSHOULU, "--to", SECOND)[0] == 0
    assert machine.successor(ZHIFANG, person) == WANSHOULU


def test_every_bad_line_is_named_and_nothing_is_recorded(machine: Machine):
    [person] = machine.registered(2)
    stranger = "01920000-0000-7000-8000-000000000001"
    status, said = machine.split(f"person,office\n{person},{DONGHUAMEN}\n{stranger},{SECOND}\n", machines=False)
    assert status == 2
    assert f"line 2: Office {DONGHUAMEN} is not among the successors" in said
    assert f"line 3: Office {ZHIFANG} holds no dossier of this person" in said
    assert machine.successor(ZHIFANG) == ZHIFANG


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("", "allotment.columns"),
        ("person,town\n", "allotment.columns"),
        ("person,office\nonly one\n", "allotment.row"),
        (f"person,office\nnobody,{SECOND}\n", "id.uuid"),
        (f"person,office\n01920000-0000-7000-8000-000000000001,{SECOND}\nx,y,z\n", "allotment.row"),
        ("person,office\n01920000-0000-7000-8000-000000000001,420115999000\n", "division.unknown"),
        ('person,office\n"unfinished', "register.line"),
    ],
)
def test_a_file_that_cannot_be_an_allotment_is_refused(machine: Machine, text: str, rule: str):
    status, answer = machine.split(text)
    assert (status, answer["error"]["rule"]) == (2, rule)
    assert machine.successor(ZHIFANG) == ZHIFANG


def test_a_person_stands_in_one_line_only(machine: Machine):
    [person] = machine.registered(2)
    status, answer = machine.split(f"person,office\n{person},{SECOND}\n{person},{WANSHOULU}\n")
    assert (status, answer["error"]["rule"], answer["error"]["field"]) == (2, "allotment.twice", "line 3")


def test_one_successor_is_no_split(machine: Machine):
    status, answer = machine.run("split", ZHIFANG, "--to", WANSHOULU)
    assert (status, answer["error"]["rule"]) == (2, "cli.jurisdiction.one_successor")


def test_a_town_is_succeeded_and_another_closed(machine: Machine):
    assert machine.run("succeed", ZHIFANG, WANSHOULU)[0] == 0
    assert machine.successor(ZHIFANG) == WANSHOULU
    assert machine.run("close", DONGHUAMEN)[0] == 0
    status, answer = machine.run("close", DONGHUAMEN)
    assert (status, answer["error"]["rule"]) == (2, "jurisdiction.ended")


def test_a_closed_office_is_said_to_be_closed_and_not_to_have_an_heir(machine: Machine):
    assert machine.run("close", DONGHUAMEN)[0] == 0
    register = machine.folder / "register.csv"
    register.write_text("姓名,户籍地,出生日期\n王小雨,本地,1990-01-01\n", encoding="utf-8")
    line = ["import", str(register), "--office", DONGHUAMEN, "--data", str(machine.data), "--json"]
    result = CliRunner().invoke(main, line, env={"EXCHANGE_SERVES": ",".join(SERVED)})
    assert json.loads(result.stdout)["error"]["rule"] == "office.closed"


def test_a_day_that_has_not_come_is_refused(machine: Machine):
    status, answer = machine.run("rename", ZHIFANG, "新湖街道", "--day", "2999-01-01")
    assert (status, answer["error"]["rule"]) == (2, "jurisdiction.day_ahead")


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("新湖\u200b街道", "text.hidden"),
        ("新湖\n街道", "text.control"),
        (" ", "text.length"),
        ("湖" * 101, "text.length"),
    ],
)
def test_a_name_that_cannot_be_read_in_one_line_is_refused(machine: Machine, name: str, rule: str):
    status, answer = machine.run("rename", ZHIFANG, name)
    assert (status, answer["error"]["rule"], answer["error"]["field"]) == (2, rule, "name")
    assert machine.run("rename", ZHIFANG, " 新湖街道\u3000")[0] == 0
    node = machine.node()
    try:
        assert node.offices.names[ZHIFANG] == "新湖街道"
    finally:
        node.close()


def test_a_renamed_office_is_looked_up_by_both_names(machine: Machine):
    assert machine.run("rename", ZHIFANG, "新湖街道")[0] == 0
    node = machine.node()
    try:
        _, secret = Keys(node.uow, node.clock).issue("test", [ZHIFANG], ["clerk"])
        client: Any = create_app(node).test_client()
        for text in ("新湖街道", "xinhu", "纸坊街道"):
            query = {"search": text, "within": "420115000000"}
            answer = client.get("/v1/jurisdictions", query_string=query, headers={"Authorization": f"Bearer {secret}"})
            [found] = [each for each in answer.json["items"] if each["code"] == ZHIFANG]
            assert (found["name"], found["formerly"], found["path"][-1]) == ("新湖街道", "纸坊街道", "新湖街道")
            assert found["pinyin"] == "xin hu jie dao"
    finally:
        node.close()


def test_the_key_of_a_town_is_its_successors_from_then_on(machine: Machine):
    [person] = machine.registered(2)
    node = machine.node()
    try:
        _, secret = Keys(node.uow, node.clock).issue("test", [ZHIFANG], ["clerk"])
        bearer = {"Authorization": f"Bearer {secret}", "Exchange-Purpose": "registration"}
        client: Any = create_app(node).test_client()
        body = {
            "id": "01920000-0000-7000-8000-000000000002",
            "type": "person.changed",
            "effective_on": "2026-03-02",
            "person": person,
            "with": {"set": {"sex": "M"}},
        }
        assert client.post("/v1/events", json=body, headers=bearer).status_code == 201
        assert machine.run("succeed", ZHIFANG, WANSHOULU)[0] == 0  # by another process
        advance(node)
        for headers in (bearer, {**bearer, "Exchange-Office": WANSHOULU}):
            answer = client.get(f"/v1/persons/{person}/record", headers=headers)
            assert (answer.status_code, answer.json["office"]) == (200, WANSHOULU)
        old = {**bearer, "Exchange-Office": ZHIFANG}
        assert client.get(f"/v1/persons/{person}/record", headers=old).status_code == 404
        assert client.post("/v1/events", json=body, headers=bearer).status_code == 200  # said again: the first result
        assert client.get("/v1/inbox", headers={**bearer, "Exchange-Office": SECOND}).status_code == 403
    finally:
        node.close()


def test_the_key_of_an_area_reaches_no_further_than_the_area(machine: Machine):
    machine.registered(2)
    assert machine.run("succeed", ZHIFANG, WANSHOULU)[0] == 0
    node = machine.node()
    try:
        _, secret = Keys(node.uow, node.clock).issue("test", ["420115000000"], ["clerk"])
        headers = {"Authorization": f"Bearer {secret}", "Exchange-Purpose": "registration"}
        client: Any = create_app(node).test_client()
        assert client.get("/v1/inbox", headers={**headers, "Exchange-Office": WANSHOULU}).status_code == 403
        assert client.get("/v1/inbox", headers={**headers, "Exchange-Office": ZHIFANG}).json["items"] == []
    finally:
        node.close()
