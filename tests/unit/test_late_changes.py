"""A change that is recorded late, of an earlier day than the keeper's statement: the statement says what holds."""

from events.catalogue.movement import Arrived
from events.catalogue.person import Changed, Registered, Stated
from events.catalogue.values import town
from tests.unit.test_sheet import A, B, Told


def stay() -> Told:
    """The book of a town where the person lives, with what the keeper stated of today."""
    there = Told(B)
    there.own(Arrived(kind="main", registration=town(A), opens=True), "2026-01-01")
    there.hears(A, Registered(basis="first_record", registration=town(A)), "update", "2020-01-01")
    there.hears(A, Stated(particulars={"name": "丁", "sex": "F"}, basis="confirmed"), "update", "2026-03-01")
    return there


def test_of_an_earlier_day_it_may_have_changed_again_which_the_keeper_alone_knows():
    there = stay()
    there.hears(A, Changed(set={"name": "丙"}), "update", "2026-01-06")
    assert there.record.particulars["name"] == "丁"
    there.hears(A, Stated(particulars={"name": "丙", "sex": "F"}, basis="confirmed"), "update", "2026-03-05")
    assert there.record.particulars["name"] == "丙", "where it matters the keeper states anew"


def test_of_that_day_or_a_later_one_it_holds():
    for day in ("2026-03-01", "2026-03-09"):
        there = stay()
        there.hears(A, Changed(set={"name": "丙"}), "update", day)
        assert there.record.particulars["name"] == "丙"
