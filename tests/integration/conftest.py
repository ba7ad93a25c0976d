"""Where a node of these tests keeps its database: in a file, and in PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.databases import database


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request) -> Iterator[str]:
    """For the setting of the same name; empty for a file in the data folder."""
    if request.param == "sqlite":
        yield ""
        return
    with database(request.getfixturevalue("server")) as url:
        yield url
