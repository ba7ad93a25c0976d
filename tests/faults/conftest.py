"""A PostgreSQL that a test may stop, kill and start again."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.demo.servers.postgres import Postgres


@pytest.fixture
def database() -> Iterator[Postgres]:
    """It survives power loss, as in earnest."""
    folder = Path(tempfile.mkdtemp(prefix="exchange-"))
    folder.chmod(0o711)
    begun = Postgres(folder / "postgres")
    yield begun
    begun.end()
    shutil.rmtree(folder)
