"""Random ties of newcomers, as they themselves say."""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any


def stated_ties(draw: random.Random, person: str, persons: Iterable[str]) -> dict[str, Any]:
    """Now and then a tie, to one of few who are only stated or to a person of the history."""
    if draw.random() < 0.5:
        return {}
    others = [{"person": each} for each in persons if each != person]
    named = {"name": draw.choice(("己", "庚")), "born_on": draw.choice(("1990-01-01", "2020-01-01"))}
    return {
        "ties": [
            {"tie": draw.choice(("spouse", "spouse", "child")), "other": draw.choice([*others, {"stated": named}])}
        ]
    }
