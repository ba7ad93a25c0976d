"""What a first round would have to load is there before anybody waits for one."""

import subprocess
import sys

import pytest

from exchange.node import Node
from exchange.pipeline.loop import Loop
from exchange.settings import Settings, settings
from tests.integration.towns import BEIJING_AND_HUBEI
from workers.process import Process


def of_worker(found: Settings) -> None:
    process = Process(found)
    process.begin()
    process.close()


def of_loop(found: Settings) -> None:
    node = Node.open(found)
    Loop(node).start().stop()
    node.close()


@pytest.mark.parametrize("begin", [of_worker, of_loop])
def test_the_readings_of_names_are_loaded_when_a_worker_begins(tmp_path, begin):
    """They take a tenth of a second, ten times as long as a round: at 200 events a second one in a hundred waited."""
    name = f"{begin.__module__} import {begin.__name__}"
    code = f"import sys; from {name} as begin, given; begin(given({str(tmp_path)!r})); print('pypinyin' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.endswith("True\n"), "and nobody was forwarded"  # a line of the log may end in the same line


def given(folder: str) -> Settings:
    """A node in that folder, with nobody in it, and a broker that never answers."""
    return settings(data=folder, serves=BEIJING_AND_HUBEI, broker_url="redis://127.0.0.1:1/0")
