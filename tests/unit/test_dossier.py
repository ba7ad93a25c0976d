"""Which ids are one person by the merges in force, whoever recorded them and in whatever order they came (P7, K1)."""

from itertools import permutations

import pytest

from events.catalogue.person import Merged, Registered, Unmerged
from events.catalogue.values import town
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
