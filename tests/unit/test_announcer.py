"""Whoever announced somebody to a town sees whether the person is there as the town itself does."""

import pytest

from events.catalogue.movement import Arrived, Departed, Left, MainChanged
from events.catalogue.person import Registered
from events.catalogue.values import town
from exchange.protocol.book import Delivery
from exchange.protocol.duties import duties
from exchange.protocol.telling.due import Sight
from exchange.protocol.telling.threads import announcer
from tests.unit.test_sheet import A, B, D, Told

C = "420106001000"


def test_whoever_announced_hears_what_lets_a_stay_of_the_town_go_on_until_then():
    """C's stay became the main one, so the arrival at A ended that and not B's: D, which does not hear so, would find
    that B's stay had ended, and wait for an arrival there.
    """
    told = Told(B)
    told.hears(A, Registered(basis="first_record", registration=town(A)), None)
    stay = told.own(Arrived(kind="main", registration=town(A)), "2026-01-11")
    elsewhere = told.hears(C, Arrived(kind="further", registration=town(A)), None, "2026-01-06")
    made_further = told.hears(C, MainChanged(stay=elsewhere), None, "2026-01-12")
    told.hears(A, Arrived(kind="main", registration=town(A)), None, "2026-01-16")
    announced = told.hears(D, Departed(destination=town(B)), "outflow", "2026-01-21")
    later = told.own(MainChanged(stay=stay), "2026-01-22")
    [announcement] = told.record.announcements
    assert (announcement.ref, announcement.arrival) == (announced, stay)
    owed = duties(Sight(told.book, told.record))
    assert owed[stay, D].kind == "matched"
    assert (owed[made_further, D].ground, owed[made_further, D].kind) == ("announcer", None)
    assert (later, D) not in owed, "what happens there since concerns it no more"


def test_so_it_does_by_whoever_keeps_the_person():
    told = Told(A)
    told.own(Registered(basis="first_record", registration=town(A)))
    stay = told.hears(B, Arrived(kind="main", registration=town(A)), "inflow", "2026-01-11")
    elsewhere = told.hears(C, Arrived(kind="further", registration=town(A)), "inflow", "2026-01-06")
    made_further = told.hears(C, MainChanged(stay=elsewhere), None, "2026-01-12")
    again_main = told.hears(B, MainChanged(stay=stay), None, "2026-01-13")
    told.hears(D, Departed(destination=town(B)), "outflow", "2026-01-21")
    owed = duties(Sight(told.book, told.record))
    assert {owed[ref, D].ground for ref in (stay, made_further, again_main)} == {"announcer"}


@pytest.mark.parametrize("knew", [False, True])
def test_of_a_stay_there_that_had_ended_only_who_was_told_of_it_hears(*, knew: bool):
    """It is no match, and says nothing to whoever never heard of it."""
    told = Told(B)
    told.hears(A, Registered(basis="first_record", registration=town(A)), None)
    stay = told.own(Arrived(kind="main", registration=town(A)), "2026-01-06")
    left = told.own(Left(stay=stay), "2026-01-11")
    told.hears(D, Departed(destination=town(B)), "outflow", "2026-01-21")
    if knew:
        told.book.tell(Delivery(ref=stay, teller=B, to=D, parts=frozenset(), ground="test"))
    [announcement] = told.record.announcements
    assert announcement.arrival is None
    found = {due.ground for due in announcer(Sight(told.book, told.record)) if due.ref == left}
    assert found == ({"announcer"} if knew else set())
