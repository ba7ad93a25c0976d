"""What workers say of themselves: whether they are alive, and in what form their log is."""

import json
import os
import signal

import pytest
from click.testing import CliRunner

from exchange.cli import main
from exchange.cli.exit_codes import FINE, UNAVAILABLE
from tests.servers.platform import Platform
from workers import pulse


def asked(served: Platform, *line: str) -> int:
    """The exit status of a check."""
    environment = {f"EXCHANGE_{name.upper()}": text for name, text in served.given.items()}
    return CliRunner().invoke(main, [*line, "--check"], env=environment).exit_code


@pytest.mark.parametrize("way", ["told", "killed"])
def test_a_worker_that_has_ended_is_dead_at_once_and_the_one_beside_it_is_not(served, way):
    assert asked(served, "worker") == UNAVAILABLE
    one, other = served.worker("--beat"), served.worker()
    one.wait_until(lambda: asked(served, "beat") == FINE)  # its clock is a process beside those that it waits for
    assert asked(served, "worker") == FINE
    for worker, left in ((one, FINE), (other, UNAVAILABLE)):
        _ = worker.end() if way == "told" else worker.kill()
        assert asked(served, "worker") == left
    assert asked(served, "beat") == UNAVAILABLE


def test_who_was_killed_leaves_nothing_behind_for_long(served):
    served.worker().kill()
    served.worker()
    assert len(list((served.folder / "data").glob(f"{pulse.WORKER}-*"))) == 1


def test_every_line_of_a_log_is_an_object_whoever_says_it(served):
    """A process of it that was killed, its end, and warnings of libraries: Celery says them past the log otherwise."""
    worker = served.worker("--concurrency", "1")
    worker.wait_until(lambda: b"node_opened" in worker.log.read_bytes())
    os.kill(worker.children()[-1], signal.SIGKILL)
    worker.wait_until(lambda: b"exited with" in worker.log.read_bytes())
    assert worker.end() == 0
    lines = [json.loads(line) for line in worker.log.read_text(encoding="utf-8").splitlines()]
    assert all({"event", "level", "logger", "timestamp"} <= line.keys() for line in lines)
    assert any("Warm shutdown" in line["event"] for line in lines)
