"""E4: which pairs of offices are compared at all."""

from typing import Any

from events.catalogue.amendment import Retracted
from events.catalogue.movement import Arrived
from events.catalogue.values import ABROAD
from exchange.protocol.agreement import findings
from exchange.protocol.book import ALL_PARTS, Delivery
from exchange.protocol.view import view
from tests.unit.test_sheet import A, B, Told, registered


def arrived(**more: Any) -> Arrived:
    return Arrived(**{"kind": "main", "registration": None, "origin": ABROAD, "address": "1 Lane", **more})


def states(*told: Told) -> list[tuple[str, str, str]]:
    found = findings({each.book.office: view(each.book) for each in told})
    return [(each.keeper, each.other, each.state) for each in found]


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
