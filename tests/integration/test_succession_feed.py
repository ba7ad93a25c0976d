"""The feed of a successor holds what the old office was fed: in order, in pages, nothing twice and nothing missed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from events.envelope import Ref
from exchange.commands.acknowledge import NoSuchNotice, acknowledge
from exchange.commands.jurisdiction import record_office
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.queries.feed import Told, feed
from tests.integration.test_split import FIRST, SECOND, split
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Town, opened, operator, woman


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    found = opened(tmp_path / "node")
    yield found
    found.close()


def fed(node: Node, code: str, after: int = 0, limit: int = 100) -> list[Told]:
    """All of the feed behind a position, in pages."""
    found: list[Told] = []
    while page := feed(node, Town(node, code).caller, "case", after, limit):
        found += page
        after = page[-1].position
    return found


def refs(told: list[Told]) -> list[tuple[Ref, int]]:
    return [(Ref(each.author, each.id), each.revision) for each in told]


def arrivals(node: Node, home: str, *numbers: int) -> None:
    for number in numbers:
        Town(node, DONGHUAMEN).sees_arrive(woman(number), home)


def test_what_the_old_office_was_fed_comes_behind_what_the_heir_had_by_then(node: Node):
    arrivals(node, ZHIFANG, 2, 4)
    arrivals(node, FIRST, 6)
    old, own = fed(node, ZHIFANG), fed(node, FIRST)
    record_office(node, operator(ZHIFANG), ZHIFANG, "jurisdiction.succeeded", "2026-03-02", {"to": [FIRST]})
    advance(node)
    arrivals(node, ZHIFANG, 8)
    arrivals(node, FIRST, 10)
    whole = fed(node, FIRST)
    count = len(own) + len(old)
    assert refs(whole)[:count] == refs(own) + refs(old)
    assert len(whole) > count
    assert [each.position for each in whole if each.position > 0] == list(range(1, len(whole) - len(old) + 1))


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_pages_of_any_size_tell_the_same_and_no_position_twice(node: Node, limit: int):
    arrivals(node, ZHIFANG, 2, 4)
    arrivals(node, FIRST, 6)
    record_office(node, operator(ZHIFANG), ZHIFANG, "jurisdiction.succeeded", "2026-03-02", {"to": [FIRST]})
    advance(node)
    arrivals(node, ZHIFANG, 8)
    whole = fed(node, FIRST)
    assert fed(node, FIRST, limit=limit) == whole
    assert len({each.position for each in whole}) == len(whole)


def test_who_reads_on_from_where_it_was_misses_nothing(node: Node):
    arrivals(node, ZHIFANG, 2, 4)
    arrivals(node, FIRST, 6)
    before = fed(node, FIRST)
    record_office(node, operator(ZHIFANG), ZHIFANG, "jurisdiction.succeeded", "2026-03-02", {"to": [FIRST]})
    advance(node)
    arrivals(node, ZHIFANG, 8)
    assert before + fed(node, FIRST, before[-1].position) == fed(node, FIRST)


def test_of_a_split_each_successor_is_fed_what_is_about_its_own_persons(node: Node):
    persons = [str(Town(node, ZHIFANG).registers(woman(number)).person) for number in (2, 4)]
    arrivals(node, ZHIFANG, 2, 4)
    split(node, ZHIFANG, {persons[1]: SECOND})
    assert {each.person for each in fed(node, FIRST)} == {persons[0]}
    assert {each.person for each in fed(node, SECOND)} == {persons[1]}
    assert fed(node, ZHIFANG) != []  # what was fed stays where it was fed


def test_a_split_recorded_anew_repeats_nothing_to_whoever_has_read_it(node: Node):
    persons = [str(Town(node, ZHIFANG).registers(woman(number)).person) for number in (2, 4)]
    arrivals(node, ZHIFANG, 2, 4)
    split(node, ZHIFANG, dict.fromkeys(persons, SECOND))
    [first] = [each for each in fed(node, SECOND) if each.person == persons[0] and each.kind == "inflow"]
    split(node, ZHIFANG, {persons[0]: SECOND})
    assert persons[1] not in {each.person for each in fed(node, SECOND)}
    assert {each.person for each in fed(node, SECOND, first.position)} <= {persons[0]}
    assert {each.person for each in fed(node, FIRST)} == {persons[1]}


def test_only_the_successor_of_the_person_acknowledges(node: Node):
    persons = [str(Town(node, ZHIFANG).registers(woman(number)).person) for number in (2, 4)]
    arrivals(node, ZHIFANG, 2, 4)
    split(node, ZHIFANG, {persons[1]: SECOND})
    position = Town(node, SECOND).notice("inflow").position
    with pytest.raises(NoSuchNotice):
        acknowledge(node, Town(node, FIRST).caller, [position])
    acknowledge(node, Town(node, SECOND).caller, [position])
    assert Town(node, SECOND).notice("inflow").acknowledged is not None
