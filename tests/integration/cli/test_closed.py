"""An answer that nobody reads to its end is no fault, and no difference either."""

import os
import subprocess
import sys

import pytest

from exchange.cli.exit_codes import CLOSED


@pytest.mark.parametrize("arguments", [["version"], ["--help"], ["version", "--json"]])
def test_whoever_stops_reading_is_told_of_no_fault(arguments: list[str]):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        command = [sys.executable, "-m", "exchange.cli", *arguments]
        done = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (CLOSED, b"")
