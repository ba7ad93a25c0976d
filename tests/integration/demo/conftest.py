"""One demo of sixty persons, made once: the tests look at it and change nothing."""

import pytest

from exchange.demo.run import demo_settings, made
from exchange.settings import settings


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    served = demo_settings(settings(data=tmp_path_factory.mktemp("demo")))
    with made(served, 60, 1) as (node, outcome):
        yield node, outcome
