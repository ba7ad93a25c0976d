"""Is this machine's worker, its listener or its clock alive? A file that it touches, for whoever watches containers.

Each process has a file of its own, with its number in the name: one that has ended is dead at once, and says nothing of
another of its kind beside it.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from exchange.clock import utcnow

WORKER: Final = "worker"
LISTENER: Final = "listener"
CLOCK: Final = "beat"
STILL = 60.0  # seconds without a beat after which it counts as dead


def beat(data: Path, kind: str) -> None:
    """Say that this process is alive and has its broker."""
    own = _file(data, kind, os.getpid())
    if not own.exists():
        for number, file in _files(data, kind):  # of those that were killed, which took none away
            if not _runs(number):
                file.unlink(missing_ok=True)
    own.touch()


def ends(data: Path, kind: str) -> None:
    """This process beats no more."""
    _file(data, kind, os.getpid()).unlink(missing_ok=True)


def beats(data: Path, kind: str, still: float = STILL) -> bool:
    """Whether such a process on this host runs, and has beaten lately."""
    return any(_runs(number) and _age(file) < still for number, file in _files(data, kind))


def _age(file: Path) -> float:
    try:
        return utcnow().timestamp() - file.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _files(data: Path, kind: str) -> Iterator[tuple[int, Path]]:
    before = f"{kind}-{socket.gethostname()}-"
    for file in data.glob("*.pulse"):
        number = file.stem.removeprefix(before)
        if file.stem.startswith(before) and number.isdecimal():
            yield int(number), file


def _runs(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # of another account
        return True
    try:
        told = Path(f"/proc/{number}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:  # not every system tells, and it may have ended just now
        return True
    return told.rpartition(")")[2].split()[0] != "Z"  # it has ended, and nobody has asked how


def _file(data: Path, kind: str, number: int) -> Path:
    return data / f"{kind}-{socket.gethostname()}-{number}.pulse"
