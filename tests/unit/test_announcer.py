"""Whoever announced somebody to a town sees whether the person is there as the town itself does."""

from events.catalogue.movement import Arrived, Departed, MainChanged
from events.catalogue.person import Registered
from events.catalogue.values import town
from exchange.protocol.duties import duties
from exchange.protocol.telling.due import Sight
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
