"""Prefilled registration: a town looks up a newcomer with their consent, and records what it reviewed."""

from datetime import timedelta
from typing import Any

import pytest

from events.documents import resident_number
from events.errors import Malformed
from exchange.access.access_log import readers_of
from exchange.access.caller import Forbidden
from exchange.access.rate import TooManyLookups
from exchange.queries.case import case
from exchange.queries.prefill import Prefilled, prefill
from tests.integration.towns import DONGHUAMEN, WANSHOULU, ZHIFANG, Clock, Town, opened, told, town, woman

NUMBER = woman()["document.resident"]["number"]
HELD: dict[str, Any] = woman(ethnic_group="01", education="20", phone="13000000000", occupation="教师")


@pytest.fixture
def newcomers(node):
    return Town(node, WANSHOULU)


@pytest.fixture
def elsewhere(node):
    return Town(node, DONGHUAMEN)


def looks_up(at: Town, number: str = NUMBER, name: str = "王", **more: Any) -> Prefilled:
    return prefill(at.node, at.caller, **{"kind": "resident", "number": number, "name": name, "consent": True, **more})


def test_the_town_gets_exactly_the_fields_that_registering_allows(home, newcomers):
    home.registers(HELD)
    found = looks_up(newcomers)
    assert (found.held, found.keeper, found.registration) == (True, ZHIFANG, town(ZHIFANG))
    assert set(found.stated) == {"name", "sex", "born_on", "document.resident", "ethnic_group", "education"}
    assert all(found.stated[field] == HELD[field] for field in found.stated)


@pytest.mark.parametrize("name", ["王", "王小雨", " 王 小 雨 "])
def test_the_family_name_or_the_full_name_fits(home, newcomers, name):
    home.registers(HELD)
    assert looks_up(newcomers, name=name).held


@pytest.mark.parametrize(
    ("number", "name"), [(NUMBER, "李"), (NUMBER, "王大雨"), (resident_number("420115", "1988-05-02", 8), "王")]
)
def test_what_does_not_fit_is_answered_as_nobody(home, newcomers, number, name):
    home.registers(HELD)
    assert looks_up(newcomers, number, name) == Prefilled()


def test_by_a_number_that_too_many_bear_nobody_is_found(home, newcomers, monkeypatch):
    """It says nothing of who they are (decision 0059), and a family name alone is no ground to tell anything."""
    monkeypatch.setattr("exchange.commands.match_person.MOST", 2)
    home.registers(HELD)
    home.registers({**HELD, "name": "赵大海"})
    assert looks_up(newcomers).held
    home.registers({**HELD, "name": "李一"})
    assert looks_up(newcomers) == Prefilled()


def test_looking_up_changes_nothing_and_tells_nobody(node, home, newcomers):
    kept = home.registers(HELD)
    before = told(node), home.sheet(kept.person)
    looks_up(newcomers)
    assert (told(node), home.sheet(kept.person)) == before
    assert newcomers.inbox() == []


def test_it_is_kept_who_looked_up_whom_for_what_and_which_fields(node, home, newcomers):
    kept = home.registers(HELD)
    looks_up(newcomers)
    looks_up(newcomers, name="李")
    [read] = readers_of(node.uow, kept.person)
    assert (read.office, read.actor, read.purpose) == (newcomers.code, "clerk", "registration")
    assert {"consent", "name", "ethnic_group"} <= set(read.fields)
    attempts = readers_of(node.uow, newcomers.code)
    assert [each.fields for each in attempts] == [("consent", "name", "document.resident")] * 2


def test_without_consent_nobody_is_looked_up(node, home, newcomers):
    home.registers(HELD)
    with pytest.raises(Malformed, match=r"consent\.missing"):
        looks_up(newcomers, consent=False)
    assert readers_of(node.uow, newcomers.code) == ()


def test_an_office_looks_up_no_more_people_within_an_hour_than_the_setting_says(tmp_path):
    clock = Clock()
    node = opened(tmp_path, clock, lookups_per_hour=3)
    there, other = Town(node, WANSHOULU), Town(node, ZHIFANG)
    for _ in range(3):
        looks_up(there, name="李")  # those that find nobody count: numbers are not to be tried
    with pytest.raises(TooManyLookups) as refused:
        looks_up(there)
    assert refused.value.details["most"] == 3
    looks_up(other)
    clock.now += timedelta(seconds=int(str(refused.value.details["wait"])))
    looks_up(there)
    with pytest.raises(TooManyLookups):
        [looks_up(there) for _ in range(3)]
    node.close()


def test_who_keeps_the_person_only_because_an_arrival_says_so_tells_nothing(node, home, newcomers, elsewhere):
    elsewhere.sees_arrive(HELD, ZHIFANG)
    assert not looks_up(newcomers).held


def test_the_dead_are_no_newcomers(home, newcomers):
    kept = home.registers(HELD)
    home.records("person.deceased", "2026-02-01", {}, kept.person)
    assert looks_up(newcomers) == Prefilled()


def test_an_office_that_is_not_served_here_looks_nobody_up(node):
    with pytest.raises(Forbidden):
        looks_up(Town(node, "330106005000"))


def test_what_the_clerk_changes_becomes_a_deviation(node, home, newcomers):
    home.registers(HELD)
    found = looks_up(newcomers)
    reviewed = {**found.stated, "education": "10", "born_on": "1988-06-02"}
    arrived = newcomers.sees_arrive(reviewed, ZHIFANG)
    [asked] = home.cases()
    shown = case(node, home.caller, asked.id)
    assert {each["field"] for each in shown["differing"]} == {"born_on"}
    home.answers("case.confirmed", asked.id, deviations=[{"field": "born_on"}])
    sheet = newcomers.sheet(arrived.person)
    assert sheet["objected"] == ["born_on", "education"]  # the second is told after the answer, and compared then
    assert [each["status"] for each in sheet["cases"]] == ["deviations"]


def test_it_is_counted_and_answered_alike_in_both_databases(tmp_path, database_url):
    node = opened(tmp_path, Clock(), database_url=database_url, lookups_per_hour=2)
    home, there = Town(node, ZHIFANG), Town(node, WANSHOULU)
    home.registers(HELD)
    assert [looks_up(there, name=name).held for name in ("王", "李")] == [True, False]
    with pytest.raises(TooManyLookups):
        looks_up(there)
    assert looks_up(home).held
    node.close()
