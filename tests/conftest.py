"""What concerns a whole run of the tests.

The hooks stand here, since the process that gathers the reports of all test processes reads only this conftest.
"""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from exchange.collecting import collect_seldom
from exchange.demo.servers.postgres import Postgres
from tests.databases import postgres
from tests.embedded import swift
from tests.properties import counting as histories
from tests.scenarios import counting as stories

# A busy machine makes examples slowly and runs them slowly, and neither is a fault of what they try.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_collection_finish() -> None:
    """By now all tests and what they need are loaded, which stays."""
    collect_seldom()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Collect what a block of histories, or a story, reached."""
    for counting in (histories, stories):
        counting.collect(report)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was reached, and what was not."""
    for counting in (histories, stories):
        counting.summarise(terminalreporter)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A whole run that never reached something it must reach has not shown what it claims."""
    if (histories.missing() or stories.missing()) and not hasattr(session.config, "workerinput"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session", autouse=True)
def files() -> Iterator[None]:
    """Files of SQLite cost these tests little; in earnest each takes all steps of the schema and waits for the disk."""
    with swift():
        yield


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """A PostgreSQL for the tests of this process, begun when the first of them asks."""
    with postgres() as begun:
        yield begun
