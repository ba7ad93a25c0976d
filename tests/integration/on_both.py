"""A node in each kind of database, whose time the test moves on: a fixture to be imported."""

import pytest

from tests.integration.towns import opened


@pytest.fixture
def node(tmp_path, clock, database_url):
    node = opened(tmp_path, clock, database_url=database_url)
    yield node
    node.close()
