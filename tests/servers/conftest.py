"""A platform in the server setting for a test, and what comes of the same submissions without it."""

import pytest

from tests.servers.platform import platform


@pytest.fixture
def served(tmp_path):
    with platform(tmp_path) as made:
        yield made
