"""What concerns a whole run of the tests.

The hooks stand here, since the process that gathers the reports of all test processes reads only this conftest.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from exchange.demo.servers.postgres import Postgres
from tests.databases import postgres
from tests.properties.counting import pytest_runtest_logreport, pytest_sessionfinish, pytest_terminal_summary

# A busy machine makes examples slowly and runs them slowly, and neither is a fault of what they try.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

__all__ = ["pytest_runtest_logreport", "pytest_sessionfinish", "pytest_terminal_summary", "server"]


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """A PostgreSQL for the tests of this process, begun when the first of them asks."""
    with postgres() as begun:
        yield begun
