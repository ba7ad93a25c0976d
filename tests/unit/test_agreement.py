"""E4: which pairs of offices are compared at all."""

from typing import Any

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.case import Withdrawn
from events.catalogue.movement import Arrived
from events.catalogue.person import Deceased
from events.catalogue.values import ABROAD, CaseRef, town
from exchange.protocol.book import ALL_PARTS, Delivery, Question
from exchange.protocol.comparing.agreement import Finding, findings
from exchange.protocol.view import view
from tests.unit.test_sheet import A, B, D, Told, registered


def arrived(**more: Any) -> Arrived:
    return Arrived(**{"kind": "main", "registration": None, "origin": ABROAD, "address": "1 Lane", **more})


def found_between(*told: Told) -> list[Finding]:
    return findings({each.book.office: view(each.book) for each in told})


def states(*told: Told) -> list[tuple[str, str, str]]:
    return [(each.keeper, each.other, each.state) for each in found_between(*told)]


def test_an_office_that_sees_nothing_of_a_withdrawn_person_has_no_stay_that_could_differ():
    """What opened B's entry was taken back; A opened another and knows nothing of B (catalogue, rule 6)."""
    home, there = Told(A), Told(B)
    home.own(registered())
    opening = there.own(arrived(opens=True))
    there.own(arrived(kind="further"))
    assert states(home, there) == [(A, B, "different")]
    there.own(Retracted(target=opening))
    assert there.record.withdrawn
    assert there.record.open_stays
    assert states(home, there) == []


def test_a_keeper_that_still_shows_the_stay_is_compared_with_whoever_sees_nothing():
    home, there = Told(A), Told(B)
    home.own(registered())
    stay = there.own(arrived(opens=True))
    home.book.receive(Delivery(ref=stay, teller=B, to=A, parts=ALL_PARTS, ground="test"), there.book.event(stay))
    there.own(Retracted(target=stay))
    assert states(home, there) == [(A, B, "different")]


@pytest.mark.parametrize(("by", "state"), [(D, "equal"), (B, "different")])
def test_a_question_that_a_third_office_put_and_withdrew_is_between_no_two_others(by, state):
    """D took itself for the keeper, and asked A where the person whom B saw arrive had lived before."""
    home, there = Told(A), Told(B)
    there.stamp = 10
    opening, stay = home.own(registered()), there.own(arrived(opens=True))
    there.book.receive(Delivery(ref=opening, teller=A, to=B, parts=ALL_PARTS, ground="test"), home.book.event(opening))
    for teller, asked in ((B, ()), (D, (Question("moved-on"),))):
        told = Delivery(ref=stay, teller=teller, to=A, parts=ALL_PARTS, ground="test", asked=asked)
        home.book.receive(told, there.book.event(stay))
    home.stamp = 20
    home.hears(by, Withdrawn(case=CaseRef(stay, A, "moved-on"), ground="no_longer_stands"), "withdrawn")
    assert [case.status for case in home.record.cases.values()] == ["withdrawn"]
    assert states(home, there) == [(A, B, state)]


@pytest.mark.parametrize(("first", "state"), [("2026-01-01", "contradictory"), (None, "different")])
def test_where_a_contradiction_decides_whether_a_stay_goes_on_so_it_does_what_is_stated_to_it(first, state):
    """Two deaths are recorded, the first before the person came. By A's book the second ended the stay, and A states
    nothing to B any more; B, where the stay goes on, hears of no end (histories, seed 9740054).
    """
    home, there = Told(A), Told(B)
    home.own(registered())
    there.stamp = 10
    stay = there.own(arrived(registration=town(A), stated={"name": "王大雨"}, opens=True), "2026-01-05")
    home.book.receive(Delivery(ref=stay, teller=B, to=A, parts=frozenset(), ground="test"), there.book.event(stay))
    entry = next(iter(home.book.recorded.values()))
    there.book.receive(Delivery(ref=entry.ref, teller=A, to=B, parts=frozenset(), ground="chain"), entry)
    if first is not None:
        for told in (home, there):
            told.stamp = 20
            told.hears(D, Deceased(), "update", first)
    home.stamp = 30
    home.own(Deceased(), "2026-01-06")
    assert (home.record.open_stays, len(there.record.open_stays)) == ((), 1)
    assert states(home, there) == [(A, B, state)]


def test_while_the_keeper_holds_that_it_goes_on_it_states_what_it_holds():
    """The same the other way about: B has heard of both deaths, A of none, and so A still tells B of the person."""
    home, there = Told(A), Told(B)
    home.own(registered())
    there.stamp = 10
    stay = there.own(arrived(registration=town(A), stated={"name": "王大雨"}, opens=True), "2026-01-05")
    home.book.receive(Delivery(ref=stay, teller=B, to=A, parts=frozenset(), ground="test"), there.book.event(stay))
    entry = next(iter(home.book.recorded.values()))
    there.book.receive(Delivery(ref=entry.ref, teller=A, to=B, parts=frozenset(), ground="chain"), entry)
    for day in ("2026-01-01", "2026-01-06"):
        there.stamp += 10
        there.hears(D, Deceased(), "update", day)
    assert (len(home.record.open_stays), there.record.open_stays) == (1, ())
    assert [(found.state, found.fields) for found in found_between(home, there)] == [("different", ("name",))]
