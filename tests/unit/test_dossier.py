"""Which ids are one person by the merges in force, whoever recorded them and in whatever order they came (P7, K1)."""

from itertools import permutations

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed
from events.catalogue.movement import Arrived, MainChanged
from events.catalogue.person import Merged, Registered, Unmerged
from events.catalogue.values import CaseRef, town
from events.envelope import Ref
from events.event import Event
from exchange.protocol.book import Book
from exchange.protocol.offices import Offices
from exchange.protocol.view import view
from tests.unit.made_up import event

A, B, D = "420115001000", "110101001000", "110108001000"
HOME = {"P1": A, "P2": B, "P3": D, "P4": A}


def opened() -> list[Event]:
    return [
        event(Registered(basis="first_record", registration=town(office)), office, person, stamp)
        for stamp, (person, office) in enumerate(HOME.items(), start=1)
    ]


def merges(*pairs: tuple[str, str]) -> list[Event]:
    return [
        event(Merged(other=other, keeper=HOME[other]), HOME[person], person, stamp)
        for stamp, (person, other) in enumerate(pairs, start=11)
    ]


def joined(*events: Event) -> dict[str, tuple[str, ...]]:
    """Surviving id -> all that are this person, as A sees them."""
    book = Book(A, Offices(["420000000000", "110000000000"]))
    for each in events:
        book.record(each)
    return {record.person: record.persons for record in view(book)}


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([("P1", "P2"), ("P1", "P3")], {"P2": ("P1", "P2", "P3"), "P4": ("P4",)}),
        ([("P1", "P3"), ("P1", "P2")], {"P2": ("P1", "P2", "P3"), "P4": ("P4",)}),
        ([("P1", "P3"), ("P1", "P2"), ("P2", "P3")], {"P3": ("P1", "P2", "P3"), "P4": ("P4",)}),
        ([("P4", "P3"), ("P3", "P2"), ("P2", "P3")], {"P1": ("P1",), "P2": ("P2", "P3", "P4")}),
        ([("P2", "P3"), ("P3", "P2"), ("P3", "P4")], {"P1": ("P1",), "P4": ("P2", "P3", "P4")}),
        ([("P1", "P2"), ("P3", "P4")], {"P2": ("P1", "P2"), "P4": ("P3", "P4")}),
    ],
)
def test_all_that_merges_join_are_one_and_the_lowest_that_may_survive_does(pairs, expected):
    for order in permutations(merges(*pairs)):
        assert joined(*opened(), *order) == expected


@pytest.mark.parametrize("undone", [0, 1])
def test_undoing_one_of_two_merges_leaves_the_other(undone):
    both = merges(("P1", "P2"), ("P1", "P3"))
    merge, left = both[undone], both[1 - undone]
    other = "P2" if undone == 0 else "P3"
    undoing = event(Unmerged(other=other, merge=Ref(A, merge.frame.id)), A, "P1", 20)
    assert joined(*opened(), *both, undoing) == joined(*opened(), left)


def test_one_office_keeps_whoever_is_joined_twice():
    book = Book(A, Offices(["420000000000", "110000000000"]))
    for each in (*opened(), *merges(("P1", "P2"), ("P1", "P3"))):
        book.record(each)
    assert {record.person: record.keeper for record in view(book)} == {"P2": B, "P4": A}


MERGE = event(Merged(other="P2", keeper=B), A, "P1", 11)
STAY = event(Arrived(kind="further", registration=town(A), address="1 Lane", stated={"name": "王小雨"}), D, "P1", 12)
CASE = CaseRef(STAY.ref, A, "inflow")
SAID = (
    event(Confirmed(case=CASE), A, "P2", 13),
    event(Corrected(target=STAY.ref, set={"name": "王小云"}, fields=("name",)), D, "P1", 14),
    event(MainChanged(stay=STAY.ref), D, "P2", 15, day="2026-01-05"),
    event(Retracted(target=Ref(D, "e15")), D, "P2", 16),
)


def parted(allotment: dict[str, str], *, said: int = len(SAID)) -> Book:
    """What A holds of two who were one for a while, in which D recorded a stay, and this much was said of it."""
    undone = Unmerged(other="P2", merge=MERGE.ref, allotment=allotment)
    book = Book(A, Offices(["420000000000", "110000000000"]))
    for each in (*opened()[:2], MERGE, STAY, *SAID[:said], event(undone, A, "P1", 20)):
        book.record(each)
    return book


@pytest.mark.parametrize("said", ["P1", "P2"])
@pytest.mark.parametrize("person", ["P1", "P2"])
def test_what_was_said_of_a_stay_goes_with_it_when_two_are_parted_again(person, said):
    """Whatever is allotted: a stay, a case and an amended fact are not torn from what was said of them."""
    records = {r.person: r for r in view(parted({str(STAY.ref): person, **{str(each.ref): said for each in SAID}}))}
    assert {name for name, record in records.items() for each in SAID if each.ref in record.facts} == {person}
    assert records[person].cases[CASE].reopened == ("name",)
    assert [stay.kind for stay in records[person].stays if stay.office == D] == ["further"]
    assert [record.incomplete for record in records.values()] == [(), ()]


def test_who_became_main_before_they_were_parted_is_main_afterwards():
    records = {record.person: record for record in view(parted({}, said=3))}
    assert [(stay.office, stay.main_since) for stay in records["P1"].main_stays] == [(D, "2026-01-05")]
    assert [record.incomplete for record in records.values()] == [(), ()]
