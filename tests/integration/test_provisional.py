"""A day counted by plain weekdays, since its year's holidays are not published, is marked wherever it is shown."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exchange.access.keys import Keys
from exchange.http.app import create_app
from exchange.jurisdictions.calendar import national
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.pipeline.sweep import sweep
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


@pytest.mark.parametrize(("month", "marked"), [(3, False), (12, True)])
def test_so_is_the_day_of_a_notice_that_is_only_to_be_acknowledged(tmp_path, month, marked):
    clock = Clock()
    clock.now = datetime(LAST, month, 29, 1, tzinfo=UTC)
    node = opened(tmp_path, clock)
    home, day = Town(node, ZHIFANG), f"{LAST}-{month:02}-29"
    person = home.registers(woman()).person
    Town(node, DONGHUAMEN).sees_arrive(woman(), ZHIFANG, day=day)
    home.records("case.confirmed", day, {"case_id": str(home.notice("inflow").case)})
    home.records("person.changed", day, {"set": {"name": "王晓宇"}, "ground": "own_wish"}, person)
    told = [each for each in shown(node, DONGHUAMEN, "inbox")["items"] if each["kind"] == "update"]
    assert {each["acknowledge_provisional"] for each in told} == {marked}
    node.close()


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


HOLIDAYS = {"42": ["2026-03-23", "2026-03-24"]}


def late_by_day(node: Node, until: int) -> list[tuple[int, str | None]]:
    """The days of March on which the office asked is reminded or late, each with the day that it is told."""
    home, found = Town(node, ZHIFANG), []
    while node.clock().day < until:
        node.clock.now += timedelta(days=1)  # type: ignore[attr-defined]  # the clock of a test
        if sweep(node):
            advance(node)
            found.append((node.clock().day, home.cases()[0].due_on))
    return found


def test_nobody_is_late_on_a_day_that_turned_out_to_be_free(tmp_path):
    """The case was due on the 23rd of March when it opened; that this and the next day are free was published later."""
    before = opened(tmp_path, clock := Clock())
    Town(before, DONGHUAMEN).sees_arrive(woman(), ZHIFANG)
    before.close()
    node = opened(tmp_path, clock, regional=HOLIDAYS)
    assert [case.due_on for case in Town(node, ZHIFANG).cases()] == ["2026-03-23"]
    days = late_by_day(node, 27)
    assert [day for day, _ in days] == [11, 20, 25, 26]
    assert {due for _, due in days} == {"2026-03-25"}
    node.close()


def test_nor_on_a_free_day_to_which_an_office_deferred(tmp_path):
    """The 28th of March is a Saturday: the answer is due on the Monday, and late on the day after."""
    node = opened(tmp_path, Clock())
    Town(node, DONGHUAMEN).sees_arrive(woman(), ZHIFANG)
    home = Town(node, ZHIFANG)
    home.answers("case.deferred", str(home.notice("inflow").case), until="2026-03-28", reason="still_looking")
    assert [day for day, _ in late_by_day(node, 31)] == [16, 27, 30, 31]
    node.close()
