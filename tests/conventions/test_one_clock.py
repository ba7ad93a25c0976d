"""One module tells the time and one makes ids; the pure core does neither."""

import ast

import pytest

from tests.conventions.sources import inside, modules, tree_of

CLOCK = "exchange/clock.py"
IDS = "exchange/ids.py"
PURE = ("events/", "exchange/protocol/")

_TELLING_TIME = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "localtime", "gmtime"},
}
_MAKING_IDS = {"uuid": {"uuid1", "uuid3", "uuid4", "uuid5", "uuid6", "uuid7", "uuid8"}}


def uses(tree: ast.AST, forbidden: dict[str, set[str]]) -> list[str]:
    """Each use of `owner.name`, and each `from owner import name`, that is forbidden."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if node.attr in forbidden.get(owner, ()):
                found.append(f"{owner}.{node.attr}")
        if isinstance(node, ast.ImportFrom) and node.module in forbidden:
            found += [f"{node.module}.{name.name}" for name in node.names if name.name in forbidden[node.module]]
    return found


def everywhere_but(home: str, forbidden: dict[str, set[str]]) -> dict[str, list[str]]:
    judged = {inside(path): uses(tree_of(path), forbidden) for path in modules() if inside(path) != home}
    return {name: found for name, found in judged.items() if found}


def test_only_the_clock_tells_the_time():
    assert everywhere_but(CLOCK, _TELLING_TIME) == {}


def test_only_ids_makes_ids():
    assert everywhere_but(IDS, _MAKING_IDS) == {}


def test_the_pure_core_reads_no_clock():
    reading = {
        inside(path)
        for path in modules()
        if inside(path).startswith(PURE)
        and uses(tree_of(path), {"exchange.clock": {"utcnow"}, "exchange": {"clock"}, "clock": {"utcnow"}})
    }
    assert reading == set()


def test_the_clock_and_the_ids_are_where_this_says():
    found = {name: uses(tree_of(path), _TELLING_TIME | _MAKING_IDS) for path in modules() if (name := inside(path))}
    assert "datetime.now" in found[CLOCK]
    assert "uuid.uuid4" in found[IDS]


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now()",
        "import datetime\ndatetime.datetime.utcnow()",
        "import datetime as d\nd.date.today()",
        "import time\ntime.time()",
        "from time import time_ns",
    ],
)
def test_telling_the_time_is_found(source):
    assert uses(ast.parse(source), _TELLING_TIME)


@pytest.mark.parametrize("source", ["import uuid\nuuid.uuid4()", "from uuid import uuid4 as fresh"])
def test_making_an_id_is_found(source):
    assert uses(ast.parse(source), _MAKING_IDS)


def test_measuring_a_duration_is_no_telling_of_time():
    assert not uses(ast.parse("import time\ntime.monotonic()\ntime.perf_counter()"), _TELLING_TIME)
