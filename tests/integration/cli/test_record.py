"""`exchange record`: what an office held on a day, what it knew at a moment, and what it should have held."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from exchange.cli import main
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Clock, Town, opened, woman


class Told:
    """Zhifang learns on 9 March that the woman registered there has lived in Donghuamen since the 1st."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        clock = Clock()
        node = opened(folder, clock)
        home, there = Town(node, ZHIFANG), Town(node, DONGHUAMEN)
        self.person = str(home.registers(woman(), kind="main").person)
        clock.now = datetime(2026, 3, 9, 1, tzinfo=UTC)
        there.sees_arrive(woman(), ZHIFANG)
        home.answers("case.confirmed", str(home.notice("inflow").case))
        node.close()

    def run(self, *arguments: str, office: str = ZHIFANG, language: str = "en") -> Result:
        line = ["record", "--office", office, "--purpose", "case", "--data", str(self.folder), "--language", language]
        return CliRunner().invoke(main, [*line, *arguments], env={"EXCHANGE_SERVES": "11,42"})

    def told(self, *arguments: str, **more: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.run(self.person, *arguments, "--json", **more).stdout)
        return found


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return Told(tmp_path_factory.mktemp("data"))


def test_today(told):
    found = told.told()
    assert found.keys() == {"record"}
    assert (found["record"]["office"], found["record"]["lives_at"]["code"]) == (ZHIFANG, DONGHUAMEN)
    lines = told.run(told.person).stdout.splitlines()
    assert [line.split() for line in lines[:2]] == [
        ["Record", "open"],
        ["This", "office", "is", "registration", "place"],
    ]


def test_another_day_is_shown_as_it_was(told):
    assert told.told("--as-of", "2026-02-28")["record"]["lives_at"]["code"] == ZHIFANG
    assert told.told("--as-of", "2026-03-05")["record"]["lives_at"]["code"] == DONGHUAMEN


def test_what_was_known_of_a_day_stands_beside_what_should_have_been(told):
    found = told.told("--as-of", "2026-03-05", "--known-at", "2026-03-05")
    assert found["record"]["lives_at"]["code"] == ZHIFANG
    assert found["today"]["lives_at"]["code"] == DONGHUAMEN
    assert {"lives_at", "roles"} <= set(found["differs"])
    assert "registration" not in found["differs"]
    lines = told.run(told.person, "--as-of", "2026-03-05", "--known-at", "2026-03-05").stdout.splitlines()
    assert lines[0].split("  ")[-1].strip() == "known today"
    (lives,) = [line for line in lines if "Lives at" in line]
    assert lives.startswith("≠ ")
    assert lives.index("Zhifang") < lives.index("Donghuamen")
    assert next(line for line in lines if "Registered at" in line).startswith("  ")


def test_a_day_of_knowledge_ends_with_the_day_in_china(told):
    assert told.told("--known-at", "2026-03-08")["record"]["lives_at"]["code"] == ZHIFANG
    assert told.told("--known-at", "2026-03-09")["record"]["lives_at"]["code"] == DONGHUAMEN
    assert told.told("--known-at", "2026-03-09T08:59:59+08:00")["record"]["lives_at"]["code"] == ZHIFANG


def test_who_knew_nothing_then_is_shown_beside_what_it_holds_today(told):
    found = told.told("--known-at", "2026-03-05", office=DONGHUAMEN)
    assert (found["record"], found["today"]["roles"]) == (None, ["main"])


def test_it_is_said_in_chinese(told):
    shown = told.run(told.person, "--known-at", "2026-03-05", language="zh-CN").stdout
    assert "今天所知" in shown
    assert "现居住地" in shown
    assert "console." not in shown


@pytest.mark.parametrize(
    ("arguments", "office", "rule"),
    [
        (["0190f6a0-0000-7000-8000-0000000000ff"], ZHIFANG, None),
        (["王小雨"], ZHIFANG, "cli.record.person"),
        (["PERSON", "--as-of", "2026-02-30"], ZHIFANG, "schema.day"),
        (["PERSON", "--as-of", "20260228"], ZHIFANG, "schema.day"),
        (["PERSON", "--known-at", "2026-02-30"], ZHIFANG, "schema.day"),
        (["PERSON", "--known-at", "2026-03-05T08:00:00"], ZHIFANG, "cli.record.moment"),
        (["PERSON", "--known-at", "2026-03-05 08:00:00"], ZHIFANG, "cli.record.moment"),
        (["PERSON", "--known-at", "yesterday"], ZHIFANG, "cli.record.moment"),
        (["PERSON", "--known-at", "2199-01-01"], ZHIFANG, "record.known_ahead"),
        (["PERSON"], WANSHOULU, None),
    ],
)
def test_what_cannot_be_shown_is_named(told, arguments, office, rule):
    line = [told.person if each == "PERSON" else each for each in arguments]
    result = told.run(*line, "--json", office=office)
    error = json.loads(result.stdout)["error"]
    assert (result.exit_code, error.get("rule")) == (2, rule)
    assert rule is not None or error["code"] == "person_unknown"
