"""Every story of docs/scenarios is valid, and those that the exchange can play happen as they were written."""

import json

import pytest

from exchange.scenarios.embedded import embedded
from exchange.scenarios.reading import read
from exchange.scenarios.running import needs, run
from tests.databases import database
from tests.scenarios.counting import PROPERTY
from tests.scenarios.stories import FILES, SMALL

SEED = 7


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_file_is_valid(file):
    assert read(file).title


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_story_happens_as_it_was_written(file, record_property):
    with embedded() as ground:
        found = run(read(file), ground, SEED, {}, shuffles=1)
    record_property(PROPERTY, json.dumps([file.stem, found.covered]))
    assert [str(each) for each in found.differences] == []
    assert found.untried == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_it_happens_in_postgres_too(file, server):
    with database(server) as url, embedded(url) as ground:
        found = run(read(file), ground, SEED, {})
    assert [str(each) for each in found.differences] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_nothing_in_the_story_is_unknown_to_this_version(file):
    assert needs(read(file)) == []


def test_a_story_that_needs_more_is_never_counted_as_passed(tmp_path):
    """Nobody can be erased yet."""
    file = tmp_path / "small.yaml"
    leaving = "event: movement.left\n    person: P1\n    day: 0\n    with: {stay: B, destination: unknown}"
    assert leaving in SMALL
    erasing = "event: person.erased\n    person: P1\n    day: 0\n    with: {ground: asked}"
    file.write_text(SMALL.replace(leaving, erasing), encoding="utf-8")
    with embedded() as ground:
        found = run(read(file), ground, SEED, {})
    assert found.verdict == "not_tried"
    assert found.untried == ["$.steps.0: person.erased"]


def test_the_stories_cover_every_example_that_can_be_played():
    assert len(FILES) >= 24
