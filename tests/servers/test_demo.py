"""The demo's year in real processes comes to what it comes to in one."""

import json
import subprocess
import sys
from pathlib import Path

COMMAND = Path(sys.executable).with_name("exchange")
PERSONS = "40"


def demo(*more: str) -> dict[str, object]:
    line = [str(COMMAND), "demo", "--persons", PERSONS, "--json", *more]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_workers_and_web_processes_over_redis_come_to_the_same_as_one_process():
    there, here = demo("--setting", "server"), demo()
    assert (there.pop("setting"), here.pop("setting")) == ("server", "embedded")
    assert there["differences"] == []
    assert there == here


def test_it_keeps_no_folder():
    line = [str(COMMAND), "demo", "--setting", "server", "--data", "kept", "--json"]
    done = subprocess.run(line, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["rule"] == "demo.keeps_nothing"
