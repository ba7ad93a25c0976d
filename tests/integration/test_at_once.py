"""Several who record at the same moment: nobody is refused for it, and one newcomer is one person."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest

from exchange.access.caller import Caller
from exchange.commands.act import Item, Result
from exchange.commands.record import record
from exchange.ids import new_id
from exchange.node import Node
from exchange.settings import settings
from tests.databases import database
from tests.integration.towns import BEIJING_AND_HUBEI, DONGHUAMEN, WANSHOULU, ZHIFANG, Town, town, woman

MANY = 8


@pytest.fixture(params=["file", "postgres"])
def node(request, tmp_path):
    given = {"data": tmp_path / "data", "serves": BEIJING_AND_HUBEI}
    if request.param == "file":
        made = Node.open(settings(**given))
        yield made
        made.close()
        return
    with database(request.getfixturevalue("server")) as url:
        made = Node.open(settings(**given, database_url=url))
        yield made
        made.close()


def at_once(work: Callable[[int], list[Result]]) -> list[Result]:
    """What comes of the same work done by several threads that begin together."""
    start = Barrier(MANY)

    def begin(number: int) -> list[Result]:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(MANY) as threads:
        return [result for results in threads.map(begin, range(MANY)) for result in results]


def arrived(who: int = 2) -> Item:
    content = {"kind": "main", "registration": town(ZHIFANG), "origin": town(ZHIFANG), "stated": woman(who)}
    return Item(type="movement.arrived", day="2026-03-01", content=content)


def test_moves_recorded_at_once_all_stand_in_one_stream(node):
    (arrival,) = record(node, Town(node, DONGHUAMEN).caller, [arrived()])
    clerk = Town(node, DONGHUAMEN).caller

    def move(number: int) -> list[Result]:
        item = Item(
            type="movement.moved_within", day="2026-03-02", content={"address": f"{number} Lake"}, person=arrival.person
        )
        return record(node, clerk, [item])

    results = at_once(move)
    assert [result.error for result in results] == [None] * MANY
    assert sorted(result.version or 0 for result in results) == list(range(2, MANY + 2))


def test_a_newcomer_recorded_by_two_offices_at_once_is_one_person(node):
    clerks = [Town(node, office).caller for office in (DONGHUAMEN, WANSHOULU)]
    for who in range(10, 20):
        newcomer = arrived(who)
        results = at_once(partial(_recorded_by_one_of, node, clerks, newcomer))
        taken = [result for result in results if result.error is None]
        assert len(taken) == 2  # one for each office; the others are told that she is there already
        assert len({result.person for result in taken}) == 1


def _recorded_by_one_of(node: Node, clerks: list[Caller], item: Item, number: int) -> list[Result]:
    return record(node, clerks[number % len(clerks)], [item])


def test_one_act_sent_several_times_at_once_is_recorded_once_and_repeated_to_the_rest(node):
    (arrival,) = record(node, Town(node, DONGHUAMEN).caller, [arrived()])
    clerk = Town(node, DONGHUAMEN).caller
    for round_ in range(5):
        item = Item(
            id=new_id(node.clock()),
            type="movement.moved_within",
            day="2026-03-02",
            content={"address": f"{round_} Lake"},
            person=arrival.person,
        )
        results = at_once(partial(_recorded_by_one_of, node, [clerk], item))
        assert [result.error for result in results] == [None] * MANY
        assert sorted(result.status for result in results) == ["recorded"] + ["repeated"] * (MANY - 1)
        assert {result.version for result in results} == {round_ + 2}
