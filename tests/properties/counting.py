"""Counts what the random histories reached, prints it, and fails a whole run that left something out."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from tests.properties.histories import HISTORIES
from tests.properties.reached import ROWS, expected

_COUNTS: Counter[str] = Counter()


def collect(report: pytest.TestReport) -> None:
    """Collect what a block reached (with xdist this runs in the controller)."""
    if report.when == "call":
        for name, value in report.user_properties:
            if name == "reached":
                _COUNTS.update(json.loads(str(value)))


def missing() -> list[str]:
    """What a whole run must have reached and did not; nothing for a part of the run."""
    if _COUNTS["histories"] < HISTORIES:
        return []
    return sorted(name for name in expected() if not _COUNTS[name])


def summarise(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how often each event type, contradiction and row of the examples was reached."""
    if not _COUNTS["histories"]:
        return
    terminalreporter.section("random histories")
    terminalreporter.write_line(f"{_COUNTS['histories']} histories")
    for name in sorted(expected()):
        title = ROWS.get(int(name.split()[1]), "") if name.startswith("row ") else ""
        terminalreporter.write_line(f"  {_COUNTS[name]:7d}  {name} {title}".rstrip())
    for name in ("replayed in another order", "not replayable"):
        terminalreporter.write_line(f"  {_COUNTS[name]:7d}  {name}")
    for name in missing():
        terminalreporter.write_line(f"NEVER REACHED: {name}")
