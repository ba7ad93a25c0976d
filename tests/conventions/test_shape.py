"""Modules are short and named for one idea."""

import pytest

from tests.conventions.sources import inside, modules

MOST_LINES = 300
NAMES_THAT_SAY_NOTHING = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}


def says_nothing(name: str) -> bool:
    return not NAMES_THAT_SAY_NOTHING.isdisjoint(name.lower().split("_"))


def test_no_module_is_longer_than_one_can_read_at_a_sitting():
    lines = {inside(path): len(path.read_text(encoding="utf-8").splitlines()) for path in modules()}
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_no_module_or_package_has_a_name_that_says_nothing():
    assert [inside(path) for path in modules() if any(map(says_nothing, [path.stem, *path.parent.parts[-3:]]))] == []


@pytest.mark.parametrize("name", ["utils", "case_helpers", "key_manager"])
def test_such_a_name_is_found(name):
    assert says_nothing(name)


def test_there_are_modules_to_judge():
    assert {inside(path).split("/")[0] for path in modules()} == {"events", "exchange", "schemas", "workers"}
