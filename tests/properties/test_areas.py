"""Histories in which the county above all offices requests things of them: both sides agree as they do without it."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.properties.histories import history, shape
from tests.properties.test_histories import faults_of

# Beside the first ones: a keeper left its own stay, of which only others had told an open stay.
SEEDS = (*range(60), 1086)


@pytest.mark.parametrize("first", range(4))
def test_what_an_area_requests_sets_nobody_apart(first: int) -> None:
    counts: Counter[str] = Counter()
    for seed in SEEDS[first::4]:
        world, commands = history(seed, overseen=True, **shape(seed))
        assert faults_of(world) == [], seed
        counts.update(commands.counts)
    assert counts["an area requested"] > counts["an area replied"] > 0
