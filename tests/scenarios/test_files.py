"""Every story of docs/scenarios is valid, and those that the exchange can play happen as they were written."""

import json

import pytest

from exchange.scenarios.embedded import embedded
from exchange.scenarios.reading import read
from exchange.scenarios.running import needs, run
from tests.databases import database
from tests.scenarios.counting import PROPERTY
from tests.scenarios.stories import FILES, NEED_MORE, PLAYED

SEED = 7


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_file_is_valid(file):
    assert read(file).title


@pytest.mark.parametrize("file", PLAYED, ids=lambda file: file.stem)
def test_the_story_happens_as_it_was_written(file, record_property):
    with embedded() as ground:
        found = run(read(file), ground, SEED, {}, shuffles=1)
    record_property(PROPERTY, json.dumps([file.stem, found.covered]))
    assert [str(each) for each in found.differences] == []
    assert found.untried == []


@pytest.mark.parametrize("file", PLAYED, ids=lambda file: file.stem)
def test_it_happens_in_postgres_too(file, server):
    with database(server) as url, embedded(url) as ground:
        found = run(read(file), ground, SEED, {})
    assert [str(each) for each in found.differences] == []


@pytest.mark.parametrize("file", PLAYED, ids=lambda file: file.stem)
def test_nothing_in_the_story_is_unknown_to_this_version(file):
    assert needs(read(file)) == []


@pytest.mark.parametrize("name", sorted(NEED_MORE))
def test_a_story_that_needs_more_is_never_counted_as_passed(name):
    file = next(each for each in FILES if each.stem == name)
    with embedded() as ground:
        found = run(read(file), ground, SEED, {})
    assert found.verdict == "not_tried"
    assert found.untried
