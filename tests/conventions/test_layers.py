"""The contracts between the layers cover every module that the design names, and find what breaks them."""

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.conventions.sources import PACKAGES, ROOT, inside, modules, tree_of

DOING_NO_IO = ("events.catalogue", "events.log.tree", "events.stamp", "events.standing", "exchange.protocol")


def exists(module: str) -> bool:
    path = ROOT / module.replace(".", "/")
    return path.is_dir() or path.with_suffix(".py").is_file()


def contract(name: str) -> dict[str, list[str]]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    found: dict[str, list[str]] = next(c for c in settings["tool"]["importlinter"]["contracts"] if c["id"] == name)
    return found


def imports_of_ours(tree: ast.AST) -> set[str]:
    """Our packages that a module imports, a relative import counting as one of them."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found.add("." if node.level else (node.module or "").split(".")[0])
        elif isinstance(node, ast.Import):
            found |= {name.name.split(".")[0] for name in node.names}
    return found & {*PACKAGES, "."}


def test_every_pure_module_of_the_design_is_under_contract_once_it_exists():
    assert set(contract("pure-core")["source_modules"]) == {module for module in DOING_NO_IO if exists(module)}


def test_the_standalone_verifier_imports_nothing_of_ours():
    verifiers = [path for path in modules() if path.stem == "standalone_verifier"]
    assert {inside(path): found for path in verifiers if (found := imports_of_ours(tree_of(path)))} == {}


@pytest.mark.parametrize("source", ["import exchange.clock", "from events.log import tree", "from . import difference"])
def test_an_import_of_ours_is_found(source):
    assert imports_of_ours(ast.parse(source))


def test_a_rule_asks_its_sight_what_was_told_and_not_the_book():
    """For what a decision did not look at there is told without asking it again."""
    rules = (path for path in modules() if inside(path).startswith("exchange/protocol/telling/"))
    asking = [
        inside(path)
        for path in (*rules, ROOT / "exchange/protocol/automatic.py")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and node.attr == "told" and ast.unparse(node.value).endswith("book")
    ]
    assert asking == ["exchange/protocol/telling/due.py"]  # which makes the sight


@pytest.fixture
def layers(tmp_path):
    """A skeleton of the packages under the real contracts, in which a fault can be planted; says whether they hold."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    pure = contract("pure-core")["source_modules"]
    for module in [*PACKAGES, *pure, "exchange.access", "exchange.ids", "exchange.protocol.view", "schemas.wire"]:
        folder = tmp_path
        for name in module.split("."):
            folder /= name
            folder.mkdir(exist_ok=True)
            (folder / "__init__.py").touch()

    def hold() -> tuple[bool, str]:
        command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
        done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
        return done.returncode == 0, done.stdout + done.stderr

    return tmp_path, hold


def test_the_contracts_hold_for_what_is_allowed(layers):
    folder, hold = layers
    (folder / "exchange/protocol/view/__init__.py").write_text("import events.standing\n")
    (folder / "schemas/wire/__init__.py").write_text("import events.catalogue\nfrom exchange.protocol import view\n")
    (folder / "workers/__init__.py").write_text("import exchange.access\n")
    kept, said = hold()
    assert kept, said


@pytest.mark.parametrize(
    ("place", "fault", "broken"),
    [
        ("events", "import exchange.ids", "events imports none of ours"),
        ("schemas/wire", "import exchange.access", "schemas imports only"),
        ("exchange/access", "import workers", "nothing imports workers"),
        ("exchange/protocol/view", "import sqlite3", "do no I/O"),
        ("events/catalogue", "from time import sleep", "do no I/O"),
    ],
)
def test_what_breaks_a_contract_is_found(layers, place, fault, broken):
    folder, hold = layers
    (folder / place / "__init__.py").write_text(f"{fault}\n")
    kept, said = hold()
    assert not kept
    assert any(broken in line and "BROKEN" in line for line in said.splitlines()), said
