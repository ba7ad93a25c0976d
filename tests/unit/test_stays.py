"""Which stays a departure ends (DESIGN.md K5), by what one office knows."""

from typing import Any

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.movement import Arrived, Departed, Left
from events.catalogue.person import Registered
from events.catalogue.values import ABROAD, UNKNOWN, town
from events.envelope import Ref
from tests.unit.test_sheet import A, B, D, Told

C = "110105001000"
GONE = Ref(D, "an arrival that B was never told of")


def arrived(**more: Any) -> Arrived:
    return Arrived(**{"kind": "main", "registration": town(A), "origin": town(A), "address": "1 Lane", **more})


@pytest.fixture
def there():
    """B, to which the person came; of earlier stays a newcomer's office hears nothing."""
    told = Told(B)
    told.own(arrived(), "2026-03-01")
    return told


@pytest.mark.parametrize("destination", [ABROAD, UNKNOWN])
def test_a_departure_that_names_a_stay_which_is_not_known_here_ends_no_other(there, destination):
    there.hears(D, Departed(stay=GONE, destination=destination), None, "2026-03-05")
    assert [stay.office for stay in there.record.main_stays] == [B]


def test_a_departure_that_names_a_stay_which_was_taken_back_ends_no_other(there):
    stay = there.hears(D, arrived(kind="further"), "update", "2026-02-01")
    there.hears(D, Retracted(target=stay), "retraction", "2026-02-02")
    there.hears(D, Departed(stay=stay, destination=ABROAD), "update", "2026-03-05")
    assert [stay.office for stay in there.record.main_stays] == [B]
    assert "left_without_arrival" in {c.kind for c in there.record.contradictions}


def test_a_departure_that_names_a_further_stay_leaves_the_main_one(there):
    stay = there.hears(D, arrived(kind="further"), "update", "2026-03-02")
    there.hears(D, Departed(stay=stay, destination=ABROAD), "update", "2026-03-05")
    assert [stay.office for stay in there.record.open_stays] == [B]


def test_a_departure_that_names_no_stay_ends_the_main_one_and_no_further_one(there):
    there.hears(D, arrived(kind="further"), "update", "2026-03-02")
    there.hears(A, Departed(stay=None, destination=ABROAD), "moved-on", "2026-03-05")
    assert [stay.office for stay in there.record.open_stays] == [D]


def test_the_keeper_who_knows_both_stays_sees_the_same():
    home = Told(A)
    home.own(Registered(basis="first_record", registration=town(A), particulars={"name": "王小雨"}), "2020-01-01")
    first = home.hears(D, arrived(kind="further"), "inflow", "2026-02-01")
    home.hears(B, arrived(), "inflow", "2026-03-01")
    home.hears(D, Departed(stay=first, destination=ABROAD), "update", "2026-03-05")
    assert [stay.office for stay in home.record.open_stays] == [B]


def test_a_stay_that_goes_on_where_somebody_is_announced_is_the_match_whatever_ends_it_later(there):
    stay = there.hears(D, arrived(kind="further"), "update", "2026-03-02")
    there.own(Departed(destination=town(D)), "2026-03-05")
    there.hears(D, Left(stay=stay, destination=ABROAD), "update", "2026-06-01")
    [announced] = there.record.announcements
    assert (announced.waits, announced.arrival) == (False, stay)


def test_a_stay_that_had_ended_by_then_is_none_and_a_further_one_that_begins_later_is(there):
    over = there.hears(D, arrived(kind="further"), "update", "2026-03-02")
    there.hears(D, Left(stay=over, destination=ABROAD), "update", "2026-03-03")
    there.own(Departed(destination=town(D)), "2026-03-05")
    [waiting] = there.record.announcements
    assert (waiting.waits, waiting.arrival) == (True, None)
    there.hears(C, arrived(kind="further"), "update", "2026-03-06")
    [waiting] = there.record.announcements
    assert waiting.waits, "a further stay in another town is not the end of it"
    stay = there.hears(D, arrived(kind="further"), "update", "2026-03-07")
    [announced] = there.record.announcements
    assert (announced.waits, announced.arrival) == (False, stay)
