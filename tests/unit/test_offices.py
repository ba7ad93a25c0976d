"""The list of jurisdictions: who answers today for whom, and since which succession."""

from events.catalogue.fact import Fact
from events.catalogue.jurisdiction import Closed, Opened, Renamed, Succeeded
from events.event import Event
from exchange.protocol.offices import Offices, Succession, offices
from tests.unit.made_up import event

A, B, C, D, E = (f"11010100{n}000" for n in range(1, 6))
COUNTY = "110101000000"


def about(office: str, fact: Fact, stamp: int, day: str = "2026-01-01") -> Event:
    return event(fact, COUNTY, office, stamp, day=day, kind="jurisdiction")


def test_an_office_takes_part_where_an_area_above_it_joined():
    found = offices([about(COUNTY, Opened(name="区"), 1)])
    assert found.within(A)
    assert not found.within("330106001000")


def test_a_merged_office_leads_to_its_successor_through_any_number_of_mergers():
    found = offices([about(A, Succeeded(to=(B,)), 1), about(B, Succeeded(to=(C,)), 2)])
    assert [found.successor(code) for code in (A, B, C)] == [C, C, C]
    assert [found.ended(code) for code in (A, B, C)] == [True, True, False]


def test_a_split_leads_to_the_first_but_for_who_is_allotted_to_another():
    found = offices([about(A, Succeeded(to=(B, C), allotment={"P": C}), 1)])
    assert (found.successor(A), found.successor(A, "P"), found.successor(A, "Q")) == (B, C, B)


def test_what_a_split_office_had_taken_over_is_split_with_it():
    found = offices([about(A, Succeeded(to=(B,)), 1), about(B, Succeeded(to=(C, D), allotment={"P": D}), 2)])
    assert (found.successor(A, "P"), found.successor(A, "Q")) == (D, C)
    assert found.taken_over(D) == {A, B, D}


def test_of_two_splits_of_one_office_the_one_recorded_later_counts_whatever_its_day():
    first = about(A, Succeeded(to=(B, C), allotment={"P": C, "Q": C}), 1, "2026-02-01")
    second = about(A, Succeeded(to=(B, C), allotment={"Q": C}), 2, "2026-01-01")
    for told in ([first, second], [second, first]):
        found = offices(told)
        assert (found.successor(A, "P"), found.successor(A, "Q")) == (B, C)


def test_who_stays_where_it_was_has_been_there_since_the_first_split():
    first = about(A, Succeeded(to=(B, C), allotment={"P": C, "Q": C}), 1)
    second = about(A, Succeeded(to=(B, C), allotment={"Q": C}), 2)
    found = offices([first, second])
    assert [step.ref for step in found.path(A, "Q")] == [first.ref]
    assert [step.ref for step in found.path(A, "P")] == [second.ref]


def test_a_ring_ends_where_it_began():
    ring = Offices(successions={A: Succession((B,)), B: Succession((A,))})
    assert (ring.successor(A), len(ring.path(A))) == (B, 1)


def test_a_name_is_the_last_one_given_and_a_closed_office_takes_part_no_more():
    told = [about(COUNTY, Opened(name="区"), 1), about(A, Renamed(name="甲"), 2), about(A, Renamed(name="乙"), 3)]
    found = offices([*told, about(B, Closed(), 4)])
    assert found.names == {A: "乙"}
    assert (found.ended(B), found.within(B), found.ended(A)) == (True, False, False)


def test_whether_it_is_open_is_what_was_recorded_last_whatever_its_day():
    joined = about(COUNTY, Opened(name="区"), 1)
    closed, again = about(A, Closed(), 2, day="2026-03-02"), about(A, Opened(name="镇"), 3, day="2026-03-01")
    assert [offices([joined, closed, *more]).within(A) for more in ((), (again,))] == [False, True]
