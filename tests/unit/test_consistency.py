"""What the fields of one event say together, as they are recorded and as a correction leaves them."""

from datetime import date
from typing import Any

import pytest

from events.catalogue.movement import Arrived, Departed, Left
from events.catalogue.values import UNKNOWN
from events.envelope import Ref
from events.errors import Malformed
from exchange.commands.corrections import require_fit
from exchange.commands.wellformed import wellformed

TODAY = date(2026, 3, 2)
DAY, BEFORE = "2026-03-01", "2026-02-28"
CASE = {"opening": ["420115001000", "01936b5e-7c40-7cc3-98c4-dc0c0c07398f"], "asked": "110101001000", "kind": "inflow"}
STAY = Ref("420115001000", "01936b5e-7c40-7cc3-98c4-dc0c0c07398f")
HERE, THERE = ({"kind": "town", "code": code} for code in ("420115001000", "110101001000"))


def broken(type_: str, **content: Any) -> dict[str | None, str | None]:
    """The rule that each field breaks."""
    try:
        wellformed(type_, DAY, {name.rstrip("_"): value for name, value in content.items()}, TODAY)
    except Malformed as error:
        return {each.field: each.rule for each in error.faults}
    return {}


@pytest.mark.parametrize(
    ("type_", "field", "more"),
    [
        ("movement.arrived", "stay_until", {"kind": "main"}),
        ("movement.extended", "stay_until", {}),
        ("movement.departed", "expected_on", {"destination": THERE}),
        ("person.protected", "until", {"ground": "threat"}),
    ],
)
def test_nothing_ends_before_it_began(type_, field, more):
    assert broken(type_, **{field: DAY}, **more) == {}
    assert broken(type_, **{field: BEFORE}, **more) == {field: "date.before_event"}


@pytest.mark.parametrize(
    "moves", [{}, {"from_": HERE, "to": HERE}, {"from_": {"kind": "unknown"}, "to": {"kind": "unknown"}}]
)
def test_a_registration_that_moves_nowhere_has_not_moved(moves):
    assert broken("registration.changed", ground="other", **moves) == {"to": "registration.no_move"}


def test_a_registration_comes_from_a_place_or_goes_to_one():
    for moves in ({"from_": HERE}, {"to": HERE}, {"from_": HERE, "to": THERE}):
        assert broken("registration.changed", ground="moved", **moves) == {}


def test_a_stay_is_ended_ex_officio_on_a_ground():
    assert broken("movement.left", basis="ex_officio") == {"ground": "left.ex_officio"}
    assert broken("movement.left", basis="ex_officio", ground="not_found_at_address") == {}
    assert broken("movement.left", basis="own_word") == {}


def test_a_change_changes_something():
    assert broken("person.changed", set={}) == {"set": "change.empty"}
    assert broken("person.changed") == {"set": "change.empty"}


@pytest.mark.parametrize(
    ("asks", "field", "wanted"),
    [
        ("amendment", "about", CASE["opening"]),
        ("stay", "about", CASE["opening"]),
        ("change", "wanted", {"marital_status": "20"}),
    ],
)
def test_a_request_says_what_is_wanted(asks, field, wanted):
    assert broken("request.opened", to="110101001000", asks=asks) == {field: "request.wants_nothing"}
    assert broken("request.opened", to="110101001000", asks=asks, **{field: wanted}) == {}


def test_that_the_registration_should_move_needs_no_more_words():
    assert broken("request.opened", to="110101001000", asks="registration") == {}


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({}, {"whole": "settled.whole"}),
        ({"whole": "accepted", "insisted": ["sex"]}, {"whole": "settled.whole"}),
        ({"accepted": ["sex"], "insisted": ["sex"]}, {"insisted": "settled.both"}),
        ({"accepted": ["sex"], "insisted": ["name"]}, {}),
        ({"whole": "insisted"}, {}),
    ],
)
def test_a_settlement_decides_fields_or_the_whole(said, rule):
    assert broken("case.settled", case=CASE, **said) == rule


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ({}, {"continues": "stay.one_name"}),
        ({"stay": CASE["opening"], "town": "110101001000"}, {"continues": "stay.one_name"}),
        ({"town": "110101001000", "name": "王小雨"}, {"continues.name": "schema.unknown"}),
        ({"town": "110101001000"}, {}),
    ],
)
def test_a_stay_is_named_in_one_way(name, rule):
    assert broken("movement.arrived", kind="main", continues=name) == rule
    under_ends = {field.replace("continues", "ends.0"): each for field, each in rule.items()}
    assert broken("movement.arrived", kind="main", ends=[name]) == under_ends


@pytest.mark.parametrize(
    ("place", "rule"),
    [
        ({**HERE, "country": "SG"}, {"origin.country": "place.only_abroad"}),
        ({"kind": "unknown", "last": "420115001000"}, {"origin.last": "place.only_abroad"}),
        ({"kind": "abroad", "country": "CN"}, {"origin.country": "place.not_abroad"}),
        ({**HERE, "name": "王小雨"}, {"origin.name": "schema.unknown"}),
        ({"kind": "abroad", "country": "SG", "last": "420115001000"}, {}),
        ({"kind": "abroad"}, {}),
    ],
)
def test_a_place_is_here_or_abroad(place, rule):
    assert broken("movement.arrived", kind="main", origin=place) == rule


FIT: tuple[Any, ...] = (
    (Arrived(kind="main", stay_until="2026-09-01"), {"stay_until": BEFORE}, {"set.stay_until": "date.before_event"}),
    (Arrived(kind="main", stay_until=DAY), {"effective_on": "2026-03-02"}, {"set.stay_until": "date.before_event"}),
    (Arrived(kind="main"), {"opens": False}, {"set.opens": "correction.no_such_field"}),
    (Left(stay=STAY), {"basis": "ex_officio"}, {"set.ground": "left.ex_officio"}),
    (Left(stay=STAY, basis="ex_officio"), {"destination": HERE}, {}),  # as it was recorded once
    (Departed(destination=UNKNOWN), {"destination": {**HERE, "name": "王小雨"}}, {"set.destination": "schema.unknown"}),
    (Departed(destination=UNKNOWN), {"destination": {"kind": "abroad", "country": None}}, {}),
)  # fmt: skip


@pytest.mark.parametrize(("target", "changes", "rule"), FIT)
def test_a_correction_leaves_a_fact_that_can_be(target, changes, rule):
    if not rule:
        require_fit(target, DAY, changes, TODAY)
        return
    with pytest.raises(Malformed) as refused:
        require_fit(target, DAY, changes, TODAY)
    assert {each.field: each.rule for each in refused.value.faults} == rule
