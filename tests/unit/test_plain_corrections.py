"""Which corrections leave a life plain: those of sealed values of the author's own earlier fact."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Extended, Left, MovedWithin, Returned
from events.catalogue.person import Changed, Registered
from events.catalogue.values import town
from events.codec import freeze
from events.envelope import Ref
from exchange.protocol.plain.corrections import sets_sealed_values
from exchange.protocol.plain.line import line_of
from tests.unit.made_up import event

HOME, NEW = "110101001000", "110108001000"
STAY = Ref(NEW, "e01")
ARRIVED = Arrived(kind="main", registration=town(HOME), address="1 Lane", stated={"name": "甲"})


def plain(target: Fact, set_: dict[str, object], *fields: str, by: str = NEW, stamp: int = 2) -> bool:
    """Whether this correction of what NEW recorded at stamp 2 leaves the life plain."""
    first = event(target, NEW, "p", 2)
    fact = Corrected(target=first.ref, set=set_, fields=fields or tuple(set_))
    return sets_sealed_values(line_of(freeze(event(fact, by, "p", stamp).frame)), line_of(freeze(first.frame)))


@pytest.mark.parametrize(
    ("fact", "field"),
    [
        (ARRIVED, "address"),
        (ARRIVED, "reason"),
        (ARRIVED, "name"),
        (ARRIVED, "document.resident"),
        (Registered(basis="birth"), "address"),
        (Registered(basis="birth"), "phone"),
        (Changed(set={"name": "甲"}), "sex"),
        (MovedWithin(stay=STAY, address="1 Lane"), "address"),
        (Returned(address="1 Lane"), "address"),
    ],
)
def test_one_that_sets_a_sealed_value_does(fact, field):
    assert plain(fact, {field: "2"}, stamp=3)


@pytest.mark.parametrize(
    ("fact", "field"),
    [
        (Changed(set={"name": "甲"}), "address"),
        (MovedWithin(stay=STAY, address="1 Lane"), "name"),
        (Returned(address="1 Lane"), "name"),
        (ARRIVED, "note"),  # remarks of a clerk are no particulars
        (Left(stay=STAY), "name"),
        (Extended(stay=STAY, stay_until="2027-01-01"), "address"),
    ],
)
def test_one_that_sets_what_such_a_fact_does_not_hold_does_not(fact, field):
    assert not plain(fact, {field: "2"}, stamp=3)


def test_one_that_sets_a_clear_fact_does_not_whatever_it_says_that_it_sets():
    assert not plain(ARRIVED, {"kind": "further"}, stamp=3)
    assert not plain(ARRIVED, {"kind": "further", "address": "2"}, "address", stamp=3)


def test_one_that_does_not_say_what_it_sets_does_not():
    first = event(ARRIVED, NEW, "p", 2)
    fact = Corrected(target=first.ref, set={"address": "2"}, fields=())
    assert not sets_sealed_values(line_of(freeze(event(fact, NEW, "p", 3).frame)), line_of(freeze(first.frame)))


def test_one_by_another_office_does_not():
    assert not plain(ARRIVED, {"address": "2"}, by=HOME, stamp=3)


@pytest.mark.parametrize("stamp", [1, 2])
def test_one_that_was_not_recorded_after_what_it_corrects_does_not(stamp):
    assert not plain(ARRIVED, {"address": "2"}, stamp=stamp)


def test_one_of_which_a_single_field_is_not_sealed_so_does_not():
    assert plain(ARRIVED, {"address": "2", "name": "乙"}, stamp=3)
    assert not plain(ARRIVED, {"address": "2", "note": "乙"}, stamp=3)
