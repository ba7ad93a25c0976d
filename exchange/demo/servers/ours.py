"""Our own processes of the server setting, each started by the command that an operator types."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from exchange.demo.servers.child import Child, answers
from exchange.settings import PREFIX

_LEFT_OUT = ("LC_ALL", "LC_MESSAGES", "LANG")


def environment(given: Mapping[str, str]) -> dict[str, str]:
    """This process's environment without its settings of ours, and with these."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith((PREFIX, *_LEFT_OUT))}
    return {**kept, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", **{PREFIX + name: text for name, text in given.items()}}


def command(name: str, arguments: Sequence[str], folder: Path, given: Mapping[str, str]) -> Child:
    """`exchange ARGUMENTS…` in a process of its own, with these settings and its log in that folder."""
    line = [sys.executable, "-m", "exchange.cli", *arguments]
    around = {**environment(given), "TMPDIR": str(folder)}  # what it leaves where it is killed goes with the folder
    return Child(name, line, folder / f"{name}.log", around)


def web(folder: Path, given: Mapping[str, str], port: int, processes: int = 2) -> Child:
    """The API and pages at that port, ready."""
    arguments = ["serve", "--workers", str(processes), "--port", str(port)]
    child = command("web", arguments, folder, given)
    child.wait_until(lambda: child.log.read_bytes().count(b" began") >= processes and answers(port))
    return child


def worker(folder: Path, given: Mapping[str, str], name: str = "worker", *arguments: str) -> Child:
    """A worker, ready. `arguments`: further ones of `exchange worker`."""
    child = command(name, ["worker", *arguments], folder, given)
    child.wait_until(lambda: b"worker_ready" in child.log.read_bytes())
    return child


def listener(folder: Path, given: Mapping[str, str], name: str = "listener") -> Child:
    """A worker that listens to Redis itself, ready."""
    child = command(name, ["worker", "--listen"], folder, given)
    child.wait_until(lambda: b"listener_ready" in child.log.read_bytes())
    return child
