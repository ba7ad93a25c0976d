"""A node with its towns, and where it keeps its database: in a file, and in PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest

from exchange.pipeline.advance import advance
from exchange.pipeline.sweep import sweep
from tests.databases import database
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Clock, Town, opened


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request) -> Iterator[str]:
    """For the setting of the same name; empty for a file in the data folder."""
    if request.param == "sqlite":
        yield ""
        return
    with database(request.getfixturevalue("server")) as url:
        yield url


@pytest.fixture
def clock() -> Clock:
    """For a node whose time the test moves on."""
    return Clock()


@pytest.fixture
def node(tmp_path):
    node = opened(tmp_path)
    yield node
    node.close()


@pytest.fixture
def home(node):
    return Town(node, ZHIFANG)


@pytest.fixture
def new_home(node):
    return Town(node, DONGHUAMEN)


@pytest.fixture
def days(node, clock) -> Callable[[int], None]:
    """Lets days go by, on each of which the node sweeps."""

    def go_by(count: int) -> None:
        for _ in range(count):
            clock.now += timedelta(days=1)
            sweep(node)
            advance(node)

    return go_by
