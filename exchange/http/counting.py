"""The folder in which several web processes count their requests: gone with them, and where they were killed, with the
next that begin. To be made before the client of Prometheus is loaded, which reads where it is.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exchange.clock import utcnow
from exchange.own_folder import own_folder

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
PREFIX = "exchange-counts-"
_HELD = "held"  # locked for as long as one of the processes lives
_YOUNG = 60.0  # seconds in which whoever has made a folder has locked it


@contextmanager
def counting() -> Iterator[None]:
    """In this process and those that it forks, until it ends."""
    ours = os.getpid()
    _forget_killed()
    with own_folder(PREFIX) as folder, (folder / _HELD).open("wb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        os.environ[FOLDER] = str(folder)
        try:
            yield
        finally:
            if os.getpid() == ours:  # a process that ends passes here too
                del os.environ[FOLDER]


def _forget_killed() -> None:
    """Those of processes of this account that nobody told to end."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        try:
            found = folder.stat()
            if found.st_uid == os.getuid() and utcnow().timestamp() - found.st_mtime > _YOUNG and not _lives(folder):
                shutil.rmtree(folder)
        except OSError:  # another forgets it just now
            continue


def _lives(folder: Path) -> bool:
    """Whether one of its processes does. Of an earlier version nobody says so, and it may; whoever was killed as it
    made the folder left it empty.
    """
    if not (folder / _HELD).exists():
        return any(folder.iterdir())
    with (folder / _HELD).open("rb") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False
