"""Is this machine's worker, its listener or its clock alive? A file that it touches, for whoever watches containers."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Final

from exchange.clock import utcnow

WORKER: Final = "worker"
LISTENER: Final = "listener"
CLOCK: Final = "beat"
STILL = 60.0  # seconds without a beat after which it counts as dead


def beat(data: Path, kind: str) -> None:
    """Say that this process is alive and has its broker."""
    _file(data, kind).touch()


def beats(data: Path, kind: str, still: float = STILL) -> bool:
    """Whether such a process on this host has beaten lately."""
    try:
        last = _file(data, kind).stat().st_mtime
    except FileNotFoundError:
        return False
    return utcnow().timestamp() - last < still


def _file(data: Path, kind: str) -> Path:
    return data / f"{kind}-{socket.gethostname()}.pulse"
