"""The curve of growth, in a size that says nothing about speed: it grows, and says how far it is."""

from contextlib import closing

import pytest

from exchange.node import Node
from exchange.settings import settings
from tests.bench.growth import GROWERS, moments, own_people
from tests.bench.workload import number_of
from tests.databases import database

SIZES, EACH = (200, 500), 30


@pytest.fixture(scope="module")
def grown(server, tmp_path_factory):
    """What was found at each size, and what was told on the way."""
    told: list[str] = []
    with database(server) as url, server.owner(url.rpartition("/")[2].partition("?")[0]) as owner:
        given = settings(data=tmp_path_factory.mktemp("growth"), serves=("11", "42"), database_url=url)
        with closing(Node.open(given)) as node:
            grew = moments(node, SIZES, told.append, lambda: owner.execute("ANALYZE"), each=EACH, tries=3)
            found = list(grew)
    return found, told


def test_each_size_is_reached_and_every_deed_is_timed_there(grown):
    found, _ = grown
    assert all(moment.events >= size for moment, size in zip(found, SIZES, strict=True))
    for moment in found:
        assert len(moment.deeds) == 4
        assert min(moment.deeds.values()) > 0


def test_it_says_how_far_it_is(grown):
    _, told = grown
    assert "of 200 events" in told[0]
    assert "of 500 events" in told[-1]


def test_no_process_holds_too_much(grown):
    found, _ = grown
    assert 0 < found[-1].megabytes < 300


def test_no_deed_looks_through_the_events_or_the_log(grown):
    """Of smaller tables the database may find it cheaper while they fill a few pages."""
    found, _ = grown
    assert all(moment.unindexed.keys().isdisjoint({"events", "log"}) for moment in found), found


def test_no_two_processes_have_anybody_in_common():
    numbers = [{number_of(person) for person in next(own_people(grower, 200))} for grower in range(GROWERS)]
    assert min(map(len, numbers)) > 100
    assert not set.intersection(*numbers)
