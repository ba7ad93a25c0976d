"""What the documents tell people to type is there."""

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from exchange.jurisdictions.deadlines import DEFAULT, Distance, Rules
from exchange.settings import Settings
from tests.conventions.sources import ROOT, documents, inside

_IN_CODE = re.compile(r"^```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)
_MAKE = re.compile(r"\bmake ([a-z]+)")
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#]+)")
PROMISED = {"run", "test", "lint", "bench", "soak", "clean", "lock"}


def commands_in(text: str) -> set[str]:
    return {command for code in _IN_CODE.findall(text) for command in _MAKE.findall(code)}


def targets() -> set[str]:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))


def test_the_makefile_has_what_is_promised():
    assert targets() >= PROMISED


@pytest.mark.parametrize("path", documents(), ids=inside)
def test_every_command_that_a_document_names_is_in_the_makefile(path: Path):
    assert commands_in(path.read_text(encoding="utf-8")) <= targets()


@pytest.mark.parametrize("path", documents(), ids=inside)
def test_every_link_inside_the_repository_leads_somewhere(path: Path):
    links = _LINK.findall(path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []


def test_every_decision_stands_in_their_table_in_order():
    folder = ROOT / "docs" / "decisions"
    told = _LINK.findall((folder / "README.md").read_text(encoding="utf-8"))
    assert [each for each in told if each[0].isdigit()] == sorted(path.name for path in folder.glob("[0-9]*.md"))


@pytest.mark.parametrize("room", ["events", "exchange/protocol", "exchange"])
def test_the_architecture_names_every_module_of_a_room_once_and_none_that_is_gone(room: str):
    table = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8").partition(f"| in `{room}` |")[2]
    rows = re.findall(r"^\| (`.*?) \|", table.partition("\n\n")[0], re.MULTILINE)
    told = [name for row in rows for name in re.findall(r"`(\w+)`", row)]
    inner = "**/" if room == "exchange/protocol" else ""
    modules = [path.stem for path in (ROOT / room).glob(f"{inner}*.py") if path.stem != "__init__"]
    rooms = [path.parent.name for path in (ROOT / room).glob("*/__init__.py")]
    assert sorted(told) == sorted(name for name in [*modules, *rooms] if name != "protocol")  # a table of its own


def test_every_setting_is_told_and_none_that_is_not():
    told = (
        (ROOT / "docs" / "operations.md").read_text(encoding="utf-8").partition("### Settings")[2].partition("## ")[0]
    )
    names = [name for row in re.findall(r"^\| (`.*?) \|", told, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]
    assert sorted(names) == sorted(Settings.__struct_fields__)


def test_the_deadlines_that_are_told_are_those_built_in():
    document = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    [block] = re.findall(r"^```toml\n(\[deadlines.*?)^```", document, re.MULTILINE | re.DOTALL)
    told = DEFAULT.overridden(tomllib.loads(block)["deadlines"])
    assert (_days(told), told.periods) == (_days(DEFAULT), DEFAULT.periods)


def _days(rules: Rules) -> dict[str, list[int]]:
    return {
        kind: [term.days(each, urgent=False) for each in get_args(Distance)] for kind, term in rules.answers.items()
    }


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_each_readme_names_the_two_commands(name):
    assert commands_in((ROOT / name).read_text(encoding="utf-8")) >= {"run", "test"}


def test_a_command_is_found_in_a_block_and_in_a_line():
    assert commands_in("```\nmake nothing\n```\nand `make little`, not make much") == {"nothing", "little"}
