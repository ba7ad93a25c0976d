"""A day counted by plain weekdays, since its year's holidays are not published, is marked wherever it is shown."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from exchange.access.keys import Keys
from exchange.http.app import create_app
from exchange.jurisdictions.calendar import national
from exchange.node import Node
from exchange.queries.letters import letters_of
from tests.integration.towns import DONGHUAMEN, ZHIFANG, Clock, Town, opened, woman

LAST = national().last
OUTSIDE = "430102001000"


@pytest.fixture
def node(tmp_path) -> Iterator[Node]:
    clock = Clock()
    clock.now = datetime(LAST, 12, 29, 1, tzinfo=UTC)
    node = opened(tmp_path, clock)
    yield node
    node.close()


def shown(node: Node, office: str, path: str) -> Any:
    _, secret = Keys(node.uow, node.clock).issue("a test", [office], ["clerk", "confirmer"])
    headers = {"Authorization": f"Bearer {secret}", "Exchange-Purpose": "case"}
    answer = create_app(node).test_client().get(f"/v1/{path}", headers=headers)
    assert answer.status_code == 200, answer.json
    return answer.json


def everywhere(node: Node) -> dict[str, tuple[str, bool]]:
    """The day and its mark, in each place where the office asked sees it."""
    (notice,) = shown(node, ZHIFANG, "inbox")["items"]
    (row,) = shown(node, ZHIFANG, "cases")["items"]
    (of_record,) = shown(node, ZHIFANG, f"persons/{row['person']}/record")["cases"]
    places = {"inbox": notice, "cases": row, "case": shown(node, ZHIFANG, f"cases/{row['id']}"), "record": of_record}
    return {name: (place["due_on"], place["due_provisional"]) for name, place in places.items()}


def test_a_day_beyond_the_known_years_is_marked_in_every_place(node):
    Town(node, DONGHUAMEN).sees_arrive(woman(), ZHIFANG)
    found = everywhere(node)
    assert len(set(found.values())) == 1
    day, provisional = found["case"]
    assert (day[:4], provisional) == (str(LAST + 1), True)


def test_a_day_of_a_known_year_is_not(node):
    node.clock.now = datetime(LAST, 3, 2, 1, tzinfo=UTC)
    Town(node, DONGHUAMEN).sees_arrive(woman(), ZHIFANG)
    assert {provisional for _, provisional in everywhere(node).values()} == {False}


def test_a_day_that_an_office_chose_rests_on_no_calendar(node):
    Town(node, DONGHUAMEN).sees_arrive(woman(), ZHIFANG)
    home = Town(node, ZHIFANG)
    later = {"until": f"{LAST + 1}-03-01", "reason": "still_looking"}
    home.records("case.deferred", f"{LAST}-12-29", {"case_id": str(home.notice("inflow").case), **later})
    assert {provisional for _, provisional in everywhere(node).values()} == {False}


def test_so_it_is_on_a_letter(node):
    town = Town(node, DONGHUAMEN)
    town.sees_arrive(woman(), OUTSIDE)
    (letter,) = letters_of(node, town.caller, "case").rows
    assert letter.due_provisional
    (due,) = [line.value for line in letter.head if "Please answer by" in line.label]
    assert "暂定" in due
    assert "provisional" in due


def test_an_area_has_free_days_of_its_own(tmp_path):
    """Zhifang answers within 15 working days; one of them is free in Hubei alone."""
    days = []
    for name, regional in (("plain", {}), ("hubei", {"42": ["2026-03-05"]}), ("tibet", {"54": ["2026-03-05"]})):
        node = opened(tmp_path / name, Clock(), regional=regional)
        Town(node, DONGHUAMEN).sees_arrive(woman(), ZHIFANG)
        days.append(everywhere(node)["case"][0])
        node.close()
    assert days == ["2026-03-23", "2026-03-24", "2026-03-23"]
