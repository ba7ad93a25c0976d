"""A data folder that is not as a node left it: said so, and nothing is made worse."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

import exchange
from exchange.cli import main
from exchange.cli.exit_codes import UNAVAILABLE
from tests.integration.cli import town

ENVIRONMENT = {"EXCHANGE_SERVES": "420115", "LANG": "C.UTF-8"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A node that holds one person."""
    register = town.write(tmp_path / "register.csv", [town.person(1)])
    line = ["import", str(register), "--office", town.OFFICE, "--data", str(tmp_path / "data")]
    assert CliRunner().invoke(main, line, env=ENVIRONMENT).exit_code == 0
    return tmp_path / "data"


def rule(folder: Path, *line: str) -> str:
    told = CliRunner().invoke(main, [*line, "--data", str(folder), "--json"], env=ENVIRONMENT)
    assert told.exit_code == UNAVAILABLE, told.output
    return str(json.loads(told.stdout)["error"]["rule"])


# CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH go out of what a program keeps when it starts another.
POWERLESS = """
import ctypes, os, sys
for power in (1, 2):
    ctypes.CDLL(None).prctl(24, power, 0, 0, 0)
os.execv(sys.executable, [sys.executable, "-m", "exchange.cli", *sys.argv[1:]])
"""
COMMANDS = [
    ["status"],
    ["reconcile"],
    ["key", "list"],
    ["db", "upgrade"],
    ["import", "register.csv", "--office", town.OFFICE],
]


@pytest.mark.parametrize("line", COMMANDS)
def test_without_its_master_keys_nothing_is_done_and_none_are_made_up(folder, monkeypatch, line):
    monkeypatch.chdir(folder.parent)
    (folder / "master-keys.json").unlink()
    before = (folder / "exchange.db").read_bytes()
    assert rule(folder, *line) == "key_ring.missing"
    assert not (folder / "master-keys.json").exists()
    assert (folder / "exchange.db").read_bytes() == before


def test_the_master_keys_of_another_node_are_refused(folder, tmp_path):
    other = tmp_path / "other"
    assert CliRunner().invoke(main, ["db", "upgrade", "--data", str(other)]).exit_code == 0
    (other / "master-keys.json").replace(folder / "master-keys.json")
    assert rule(folder, "status") == "key_ring.unknown_key"


@pytest.mark.parametrize("line", COMMANDS)
def test_a_database_that_may_only_be_read_is_unavailable(folder, line):
    """In a process of its own, for root, whom no mode forbids anything, gives that power up for good."""
    folder.chmod(0o500)
    try:
        told = subprocess.run(
            [sys.executable, "-c", POWERLESS, *line, "--data", str(folder), "--json"],
            env=os.environ | ENVIRONMENT | {"PYTHONPATH": str(Path(exchange.__file__).parents[1])},
            cwd=folder.parent,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
    finally:
        folder.chmod(0o700)
    assert told.returncode == UNAVAILABLE, told.stderr
    assert json.loads(told.stdout)["error"]["rule"] == "store.read_only"
