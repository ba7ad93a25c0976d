"""A folder that a command makes for itself alone, and that goes with it."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


@contextmanager
def own_folder(prefix: str) -> Iterator[Path]:
    """Open to this account alone, gone afterwards; processes that are forked meanwhile leave it alone."""
    ours = os.getpid()
    # Named before it is made: who is told to end just then (`tempfile` is not ready for it) leaves nothing either.
    folder = Path(tempfile.gettempdir()) / f"{prefix}{secrets.token_hex(16)}"
    try:
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        if os.getpid() == ours:
            with suppress(FileNotFoundError):
                shutil.rmtree(folder)
