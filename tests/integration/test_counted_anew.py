"""Days published later and settings that change reach the lists with the next sweep, and no later than reminders."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from exchange.node import Node
from exchange.pipeline import renewing_days
from exchange.pipeline.advance import advance
from exchange.pipeline.forward import forward
from exchange.pipeline.sweep import BEGINNING, Place, sweep, sweep_from
from exchange.reconcile import checks
from tests.integration.test_provisional import shown
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Clock, Town, opened, woman

FREE = {"42": ["2026-03-23", "2026-03-24"]}  # in Hubei, where Zhifang lies
MANY = range(2, 62, 2)


class Opening:
    """One database, opened again and again with other settings."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder, self._url = folder, url
        self.clock = Clock()
        self.node: Node | None = None

    def __call__(self, **settings: Any) -> Node:
        self.close()
        self.node = opened(self._folder, self.clock, database_url=self._url, **settings)
        return self.node

    def close(self) -> None:
        if self.node is not None:
            self.node.close()


@pytest.fixture
def begin(tmp_path, database_url) -> Iterator[Opening]:
    opening = Opening(tmp_path, database_url)
    yield opening
    opening.close()


def everywhere(node: Node) -> set[str]:
    """Until when the answer is awaited, by each place where either side is told."""
    (notice,) = [each for each in shown(node, ZHIFANG, "inbox")["items"] if each["kind"] == "inflow"]
    found = {notice["due_on"]}
    for office in (ZHIFANG, DONGHUAMEN):
        (row,) = shown(node, office, "cases")["items"]
        found |= {row["due_on"], shown(node, office, f"cases/{row['id']}")["due_on"]}
    return found


def swept(node: Node) -> list[str]:
    """What a sweep recorded, by what each reminder is for."""
    before = len(_reminded(node))
    sweep(node)
    advance(node)
    return _reminded(node)[before:]


def _reminded(node: Node) -> list[str]:
    with node.uow.look() as session:
        return [e.frame.facts["ground"] for e in session.log(0, 10_000) if e.frame.type == "case.reminded"]


def test_a_day_that_turns_out_to_be_free_is_another_one_in_every_list_once_the_node_was_swept(begin):
    Town(begin(), DONGHUAMEN).sees_arrive(woman(), ZHIFANG)
    assert everywhere(begin.node) == {"2026-03-23"}, "fifteen working days after the second"
    node = begin(regional=FREE)
    assert swept(node) == []
    assert everywhere(node) == {"2026-03-25"}
    assert (checks(node).equal, swept(begin())) == (True, [])
    assert everywhere(begin.node) == {"2026-03-23"}, "and back again, where the days were published in error"


def test_the_lists_say_the_day_by_which_it_is_reminded_of(begin):
    Town(begin(), DONGHUAMEN).sees_arrive(woman(), ZHIFANG)
    begin.clock.now += timedelta(days=22)  # the 24th, a day after the one that was told
    node = begin(regional=FREE)
    assert swept(node) == []
    begin.clock.now += timedelta(days=1)
    assert swept(node) == ["on_day"]
    assert everywhere(node) == {"2026-03-25"}


def test_a_free_day_that_lies_months_ahead_is_seen_as_well(begin):
    home = Town(begin(), ZHIFANG)
    Town(begin.node, DONGHUAMEN).sees_arrive(woman(), ZHIFANG)
    home.answers("case.deferred", str(home.notice("inflow").case), until="2026-09-30", reason="still_looking")
    node = begin(regional={"42": ["2026-09-30"]})
    swept(node)
    assert everywhere(node) == {"2026-10-08"}, "behind the national days"


def test_other_deadlines_count_for_whoever_was_asked_anew_and_has_no_day_yet(begin):
    home = Town(begin(), ZHIFANG)
    Town(begin.node, DONGHUAMEN).sees_arrive(woman(), ZHIFANG)
    case = str(home.notice("inflow").case)
    home.answers("case.confirmed", case)
    home.answers("case.reopened", case, reason="doubt", fields=["born_on"])
    assert {row.awaited for row in home.cases()} == {"2026-03-23"}
    node = begin(deadlines={"answers": {"inflow": 5}})
    swept(node)
    assert {row.awaited for row in Town(node, ZHIFANG).cases()} == {"2026-03-09"}


def test_what_is_equal_and_waits_is_confirmed_once_a_setting_says_so_and_nothing_else(begin):
    home, there = Town(begin(), ZHIFANG), Town(begin.node, DONGHUAMEN)
    for number, born in ((2, "1988-05-02"), (4, "1988-05-09")):
        home.registers(woman(number))
        there.sees_arrive(woman(number, born_on=born), ZHIFANG)
    swept(begin.node)
    assert [row.status for row in home.cases()] == ["open", "open"]
    node = begin(confirm_equal=True)
    swept(node)
    assert sorted(row.status for row in Town(node, ZHIFANG).cases()) == ["matched", "open"]
    node = begin()
    swept(node)
    assert sorted(row.status for row in Town(node, ZHIFANG).cases()) == ["matched", "open"], "nothing is taken back"


def test_many_are_settled_again_a_page_at_a_time_and_each_once(begin, monkeypatch):
    town = Town(begin(), DONGHUAMEN)
    town.tries(*[_arrives(town, number) for number in MANY])
    waited = []

    def counted(node: Node, limit: int) -> int:
        with node.uow.look() as session:
            waited.append(session.marked())
        return forward(node, limit)

    monkeypatch.setattr(renewing_days, "forward", counted)
    node = begin(regional=FREE)
    place: Place | None = BEGINNING
    slices = 0
    while place is not None:
        _, place = sweep_from(node, place, lambda: True, limit=8)
        slices += 1
    assert max(waited) <= 8, "no more wait at once than a page has rows"
    assert sum(waited) == len(MANY)
    assert slices > len(MANY) // 8
    for office in (ZHIFANG, DONGHUAMEN):
        assert {row.awaited for row in Town(node, office).cases()} == {"2026-03-25"}
    waited.clear()
    sweep(node)
    assert waited == []


def _arrives(town: Town, number: int) -> Any:
    place = {"kind": "town", "code": ZHIFANG}
    said = {"kind": "main", "registration": place, "origin": place, "address": "1 Lane"}
    return town.item("movement.arrived", "2026-03-01", {"stated": woman(number), **said})
