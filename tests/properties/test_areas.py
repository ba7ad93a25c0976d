"""Histories in which the county above all offices asks things of them: both sides agree as they do without it.

Of the random ones every seventh is such a history; these show what was found before.
"""

from __future__ import annotations

import pytest

from tests.properties.histories import history, oversees, shape
from tests.properties.test_histories import faults_of

# A keeper left its own stay, of which only others had told an open stay; and a reply in an enquiry was amended for it.
SEEDS = (1086, 9610143)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_an_area_requests_sets_nobody_apart(seed: int) -> None:
    world, _ = history(seed, overseen=True, **shape(seed))
    assert faults_of(world) == []


def test_an_area_speaks_in_many_of_the_random_histories() -> None:
    assert sum(map(oversees, range(700))) == 100
