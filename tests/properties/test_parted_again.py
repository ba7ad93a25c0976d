"""What was recorded while two entries were one, once they are two again: a history that random ones once came to."""

from __future__ import annotations

from events.catalogue.case import Confirmed
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, MainChanged
from events.catalogue.person import Merged, Registered, Unmerged
from events.catalogue.values import CaseRef, town
from events.envelope import Ref
from tests.properties.test_histories import faults_of, p1_views
from tests.properties.world import OFFICES, World

A, B, D, LATER = OFFICES[:4]
WHO = {"name": "甲"}


def test_nobody_waits_for_a_stay_of_the_other_that_became_main_meanwhile() -> None:
    world = World(1, skew=False)

    def does(office: str, person: str, fact: Fact, day: str = "2026-01-05") -> Ref:
        event = world.author(office, person, day, fact)
        world.command(event)
        world.tick()
        world.drain()
        return event.ref

    def arrives(office: str, person: str, home: str, kind: str = "main") -> Ref:
        fact = Arrived(kind=kind, registration=town(home), address="street", stated=WHO, opens=True)  # type: ignore[arg-type]
        stay = does(office, person, fact)
        does(home, person, Confirmed(case=CaseRef(stay, home, "inflow")))
        return stay

    for home, person in ((A, "P1"), (B, "P2")):
        does(home, person, Registered(basis="first_record", registration=town(home), particulars=WHO))
    stay = arrives(D, "P1", A, "further")
    merge = does(A, "P1", Merged(other="P2", keeper=B))
    does(D, "P2", MainChanged(stay=stay), "2026-01-10")  # under the id that survives
    does(A, "P1", Unmerged(other="P2", merge=merge))
    arrives(LATER, "P2", B)
    assert [*faults_of(world), *p1_views(world)] == []
    shown = world.record(D, "P1")
    assert shown is not None
    assert [each.id for each in shown.main_stays] == [stay]
