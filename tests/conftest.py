"""What concerns a whole run of the tests.

The hooks stand here, since the process that gathers the reports of all test processes reads only this conftest.
"""

from tests.properties.counting import pytest_runtest_logreport, pytest_sessionfinish, pytest_terminal_summary

__all__ = ["pytest_runtest_logreport", "pytest_sessionfinish", "pytest_terminal_summary"]
