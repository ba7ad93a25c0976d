"""A story of merging happens as it was written whichever towns it is played in: no order of codes decides a notice."""

import pytest

from exchange.scenarios.embedded import embedded
from exchange.scenarios.reading import read
from exchange.scenarios.running import run
from tests.scenarios.stories import FILES

MERGING = [file for file in FILES if "merge" in read(file).tags]


@pytest.mark.parametrize("seed", range(1, 5))
@pytest.mark.parametrize("file", MERGING, ids=lambda file: file.stem)
def test_it_happens_in_other_towns_too(file, seed):
    with embedded() as ground:
        found = run(read(file), ground, seed, {})
    assert [str(each) for each in found.differences] == []


def test_there_are_such_stories():
    assert len(MERGING) >= 3
