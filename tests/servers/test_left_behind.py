"""What commands make for themselves alone goes with them: when they are told to end, and soon where they are killed."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from exchange.demo.servers.child import free_port
from exchange.http import counting
from tests.servers.platform import Platform

STORY = Path(__file__).parents[2] / "docs/scenarios"
PATIENCE = 90.0
# For a shell both are 130: where it was told in the middle of an `exec`, as of a dataclass, `python -m` ends the second
# way, although nothing was left unhandled.
INTERRUPTED = {130, -signal.SIGINT}


def _hear_signals() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@contextmanager
def begun(folder: Path, *line: str, **given: str) -> Iterator[subprocess.Popen[bytes]]:
    """A command whose folders of its own are made in this one."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EXCHANGE_")}
    around = {**kept, "TMPDIR": str(folder), **{f"EXCHANGE_{name.upper()}": value for name, value in given.items()}}
    process = subprocess.Popen(
        [sys.executable, "-m", "exchange.cli", *line],
        env=around,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # Tests in the background ignore Ctrl-C, or that the terminal is gone, and so does all that they begin.
        preexec_fn=_hear_signals,  # noqa: PLW1509 (one thread)
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def the_folder_in(folder: Path) -> Path:
    """Files do not count: `tempfile` tries where it may write by one that is gone again at once."""
    end = time.monotonic() + PATIENCE
    while not (made := [one for one in folder.iterdir() if one.is_dir()]):
        assert time.monotonic() < end
        time.sleep(0.02)
    [one] = made
    return one


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
@pytest.mark.parametrize(
    "line", [("demo", "--persons", "400"), ("scenario", "run", *map(str, sorted(STORY.glob("a*.yaml"))))], ids="ds"
)
def test_a_command_that_is_told_to_end_takes_its_folder_with_it(tmp_path, line, number):
    with begun(tmp_path, *line) as process:
        the_folder_in(tmp_path)
        process.send_signal(number)
        assert process.wait(PATIENCE) in INTERRUPTED
    assert list(tmp_path.iterdir()) == []


def test_what_killed_web_processes_left_is_forgotten_by_the_next(tmp_path, served: Platform, monkeypatch):
    folder = tmp_path / "own"
    folder.mkdir()
    with begun(folder, "serve", "--port", str(free_port()), **served.given):
        left = the_folder_in(folder)
    assert left.name.startswith(counting.PREFIX)
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(counting, "_YOUNG", -1.0)
    end = time.monotonic() + PATIENCE
    while left.exists():  # until the last of the processes that it forked has noticed, too
        counting._forget_killed()
        assert time.monotonic() < end
        time.sleep(0.1)


def test_what_was_left_empty_is_forgotten_and_not_what_says_nothing_of_who_lives(tmp_path, monkeypatch):
    """Killed as it had just made the folder; or of an earlier version, which may live."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(counting, "_YOUNG", -1.0)
    empty, earlier = (tmp_path / f"{counting.PREFIX}{name}" for name in ("empty", "earlier"))
    empty.mkdir()
    earlier.mkdir()
    (earlier / "counter.db").touch()
    counting._forget_killed()
    assert (empty.exists(), earlier.exists()) == (False, True)


def test_that_of_somebody_who_lives_is_left_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(counting, "_YOUNG", -1.0)
    with counting.counting():
        [one] = tmp_path.iterdir()
        counting._forget_killed()
        assert one.exists()
    assert list(tmp_path.iterdir()) == []
