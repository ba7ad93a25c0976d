"""A field insisted on shows what the asker holds today: of two arrivals that it recorded, what the newer states."""

from typing import Literal

from events.catalogue.case import Confirmed, Settled
from events.catalogue.movement import Arrived
from events.catalogue.values import CaseRef, Deviation, town
from tests.unit.test_sheet import A, B, Told


def arrived(kind: Literal["main", "further"], born_on: str) -> Arrived:
    return Arrived(kind=kind, registration=town(A), opens=True, stated={"name": "王小雨", "born_on": born_on})


def test_what_the_newer_arrival_states_is_what_is_insisted_on():
    there = Told(B)
    there.own(arrived("further", "1988-06-02"), "2026-01-01")
    main = there.own(arrived("main", "1988-06-03"), "2026-01-11")
    case = CaseRef(opening=main, asked=A, kind="inflow")
    there.hears(A, Confirmed(case=case, deviations=(Deviation("born_on", "1988-05-02", "1988-06-03"),)), "reply")
    there.own(Settled(case=case, insisted=("born_on",)), "2026-01-12")
    assert there.record.insisted == {"born_on": "1988-06-03"}
