"""What the parts of a plain life tell: the particulars as whoever keeps the person holds them, and addresses."""

from __future__ import annotations

from typing import Any

import pytest

from events.catalogue.amendment import Corrected
from events.catalogue.movement import Arrived, Left, MovedWithin, Returned
from events.catalogue.person import Changed
from events.catalogue.values import UNKNOWN
from events.codec import freeze
from events.envelope import Ref
from exchange.protocol.plain.outline import outlines
from tests.unit.test_plain_life import HOME, INSIDE, NEW, OTHER, Told, arrived, registered

ALL = frozenset({"identity", "cohort", "contact"})


def corrected(target: Ref, *, by: str | None = None, **values: Any) -> tuple[str, str, Corrected]:
    return by or target.author, "2026-05-01", Corrected(target=target, set=values, fields=tuple(values))


@pytest.fixture
def told() -> Told:
    return Told()


class TestParticulars:
    def test_are_those_of_the_entry_as_later_changes_leave_them(self, told):
        told.says(HOME, "2020-01-01", registered(particulars={"name": "甲", "sex": "1", "phone": "138"}))
        told.says(HOME, "2026-03-01", Changed(set={"name": "乙", "phone": "139"}))
        assert told.plain().particulars == {"name": "乙", "sex": "1", "phone": "139"}

    def test_begin_with_the_entry_though_a_change_is_of_an_earlier_day(self, told):
        told.says(HOME, "2020-01-01", registered())
        told.says(HOME, "2019-01-01", Changed(set={"name": "乙"}))
        assert told.plain().particulars == {"name": "乙"}

    def test_are_not_what_an_arrival_states_where_the_keeper_told_any(self, told):
        told.says(HOME, "2020-01-01", registered())
        told.says(NEW, "2026-03-01", arrived(stated={"name": "乙", "sex": "2"}))
        assert told.plain().particulars == {"name": "甲"}

    def test_are_what_arrivals_state_where_nobody_told_more(self, told):
        told.says(NEW, "2026-03-01", arrived(stated={"name": "甲", "sex": "2"}, opens=True))
        told.says(OTHER, "2026-04-01", arrived(stated={"name": "乙"}))
        assert told.plain().particulars == {"name": "乙", "sex": "2"}

    def test_are_also_those_that_a_change_tells_where_nobody_entered_the_person(self, told):
        told.says(NEW, "2026-03-01", arrived(stated={"name": "甲", "sex": "2"}, opens=True))
        told.says(HOME, "2026-04-01", Changed(set={"name": "乙"}))
        assert told.plain().particulars == {"name": "乙"}

    def test_are_not_whom_a_newcomer_names_as_its_own(self, told):
        ties = [{"tie": "spouse", "other": {"stated": {"name": "丙"}}}]
        told.says(NEW, "2026-03-01", arrived(stated={"name": "甲", "ties": ties}, opens=True))
        assert told.plain().particulars == {"name": "甲"}

    def test_say_the_year_of_birth_only_where_the_day_is_not_known(self, told):
        told.says(HOME, "2020-01-01", registered(particulars={"name": "甲", "born_year": "1996"}))
        assert told.plain().particulars == {"name": "甲", "born_year": "1996"}
        told.says(HOME, "2026-03-01", Changed(set={"born_on": "1996-06-16"}))
        assert told.plain().particulars == {"name": "甲", "born_on": "1996-06-16"}

    def test_are_without_what_was_taken_away(self, told):
        told.says(HOME, "2020-01-01", registered(particulars={"name": "甲", "phone": "138"}))
        told.says(HOME, "2026-03-01", Changed(set={"phone": None}))
        assert told.plain().particulars == {"name": "甲"}


class TestACorrection:
    def test_sets_a_particular_from_the_day_of_what_it_corrects(self, told):
        """So what changed in the world since still counts."""
        entry = told.says(HOME, "2020-01-01", registered(particulars={"name": "甲", "sex": "1"}))
        told.says(HOME, "2026-03-01", Changed(set={"name": "乙"}))
        told.says(*corrected(entry, name="丙", sex="2"))
        assert told.plain().particulars == {"name": "乙", "sex": "2"}

    def test_counts_by_the_order_of_recording(self, told):
        entry = told.says(HOME, "2020-01-01", registered())
        told.says(*corrected(entry, name="乙"))
        author, _, fact = corrected(entry, name="丙")
        told.says(author, "2020-01-02", fact)
        assert told.plain().particulars == {"name": "丙"}

    def test_of_what_an_arrival_stated_counts_where_nobody_told_more(self, told):
        stay = told.says(NEW, "2026-03-01", arrived(stated={"name": "甲"}, opens=True))
        told.says(*corrected(stay, name="乙"))
        assert told.plain().particulars == {"name": "乙"}

    def test_of_the_reason_of_an_arrival_is_no_particular(self, told):
        stay = told.says(NEW, "2026-03-01", arrived(stated={"name": "甲"}, reason="work", opens=True))
        told.says(*corrected(stay, name="乙", reason="study"))
        assert told.plain().particulars == {"name": "乙"}

    def test_of_an_address_counts_for_the_stay_that_it_belongs_to(self, told):
        told.says(HOME, "2020-01-01", registered())
        stay = told.says(NEW, "2026-03-01", arrived(address="1 Lane"))
        told.says(*corrected(stay, address="3 Lane"))
        assert told.stay(stay).address == "3 Lane"

    def test_of_an_address_where_the_person_lived_before_says_nothing_of_today(self, told):
        told.says(HOME, "2020-01-01", registered())
        stay = told.says(NEW, "2026-03-01", arrived(address="1 Lane"))
        told.says(NEW, "2026-04-01", MovedWithin(stay=stay, address="2 Lane"))
        told.says(*corrected(stay, address="3 Lane"))
        assert told.stay(stay).address == "2 Lane"

    def test_of_anything_else_leaves_the_address(self, told):
        told.says(HOME, "2020-01-01", registered())
        stay = told.says(NEW, "2026-03-01", arrived(address="1 Lane", reason="work"))
        told.says(*corrected(stay, reason="study"))
        assert told.stay(stay).address == "1 Lane"

    @pytest.mark.parametrize("fact", [Returned(address="1 Lane"), Arrived(kind="main", address="1 Lane")])
    def test_of_where_somebody_lives_may_be_of_a_return_as_of_an_arrival(self, told, fact):
        told.says(HOME, "2020-01-01", registered())
        stay = told.says(HOME, "2026-03-01", fact)
        told.says(*corrected(stay, address="3 Lane"))
        assert told.stay(stay).address == "3 Lane"

    def test_of_the_entry_sets_both_the_address_and_the_particulars(self, told):
        entry = told.says(HOME, "2020-01-01", registered(kind="main", address="6 Lake"))
        told.says(*corrected(entry, name="乙", address="7 Lake"))
        assert (told.stay(entry).address, told.plain().particulars) == ("7 Lake", {"name": "乙"})


class TestOnlyWhatStillStandsIsOpened:
    """Opening a part costs what deciphering costs; of everybody in the log that is most of the time."""

    def test_is_of_a_stay_the_line_with_its_address_of_today_and_no_other_part_of_it(self, told):
        told.says(HOME, "2020-01-01", registered())
        stay = told.says(NEW, "2026-03-01", arrived(address="1 Lane", stated={"name": "甲"}))
        told.says(NEW, "2026-04-01", MovedWithin(stay=stay, address="2 Lane"))
        told.plain()
        assert sorted(told.opened) == [(0, ALL), (2, frozenset({"address"}))]

    def test_is_once_a_line_that_holds_both_the_particulars_and_an_address(self, told):
        told.says(HOME, "2020-01-01", registered(kind="main", address="6 Lake"))
        told.plain()
        assert told.opened == [(0, ALL | {"address"})]

    def test_is_no_part_of_a_leaving(self, told):
        told.says(HOME, "2020-01-01", registered())
        stay = told.says(NEW, "2026-03-01", arrived())
        told.says(NEW, "2026-04-01", Left(stay=stay, destination=UNKNOWN))
        told.plain()
        assert {number for number, _ in told.opened} == {0, 1}

    def test_is_nothing_where_no_part_is_asked_for(self, told):
        told.says(HOME, "2020-01-01", registered(kind="main", address="6 Lake"))
        [found] = outlines([freeze(each.frame) for each in told.events], tuple, INSIDE)
        assert (found.particulars, found.stays[0].address, told.opened) == ({}, None, [])
