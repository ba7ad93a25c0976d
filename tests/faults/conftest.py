"""A PostgreSQL that a test may stop, kill and start again."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.demo.servers.postgres import Postgres


@pytest.fixture
def database() -> Iterator[Postgres]:
    """It survives power loss, as in earnest."""
    with tempfile.TemporaryDirectory(prefix="exchange-") as folder:
        Path(folder).chmod(0o711)
        begun = Postgres(Path(folder) / "postgres")
        try:
            yield begun
        finally:
            begun.end()
