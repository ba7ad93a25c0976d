"""Counts what the stories reached while they were played, prints it, and fails a whole run that left something out."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from exchange.scenarios.covering import listed, together
from tests.scenarios.stories import FILES

PROPERTY = "covered"
_COUNTS: dict[str, Counter[str]] = together([])
_PLAYED: set[str] = set()


def collect(report: pytest.TestReport) -> None:
    """What one played story reached (with xdist this runs in the controller)."""
    if report.when == "call":
        for name, value in report.user_properties:
            if name == PROPERTY:
                story, reached = json.loads(str(value))
                _PLAYED.add(story)
                _COUNTS.update(together([_COUNTS, {what: Counter(counts) for what, counts in reached.items()}]))


def missing() -> list[str]:
    """What all stories together must have reached and did not; nothing where only some were played."""
    if not _PLAYED.issuperset(file.stem for file in FILES):
        return []
    return [
        f"{what}: {each}" for what, counts in listed(_COUNTS).items() for each, count in counts.items() if not count
    ]


def summarise(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how often each thing was reached."""
    if not _PLAYED:
        return
    terminalreporter.section("stories")
    terminalreporter.write_line(f"{len(_PLAYED)} stories")
    for what, counts in listed(_COUNTS).items():
        told = ", ".join(f"{each} {count}" for each, count in counts.items() if count)
        terminalreporter.write_line(f"  {what}: {told}")
    for each in missing():
        terminalreporter.write_line(f"IN NO STORY: {each}")
