"""Which stays a departure ends (DESIGN.md K5), by what one office knows."""

from typing import Any

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Extended, Left, MovedWithin, Returned
from events.catalogue.person import Changed, Deceased, Registered
from events.catalogue.values import ABROAD, UNKNOWN, Other, StayName, town
from events.envelope import Ref
from exchange.protocol.life.lasting import require_longer
from exchange.protocol.refusals import NotLonger
from tests.unit.test_sheet import A, B, D, Told

C = "110105001000"
GONE = Ref(D, "an arrival that B was never told of")


def arrived(**more: Any) -> Arrived:
    return Arrived(**{"kind": "main", "registration": town(A), "origin": town(A), "address": "1 Lane", **more})


@pytest.fixture
def there():
    """B, to which the person came; of earlier stays a newcomer's office hears nothing."""
    told = Told(B)
    told.own(arrived(), "2026-03-01")
    return told


@pytest.mark.parametrize("destination", [ABROAD, UNKNOWN])
def test_a_departure_that_names_a_stay_which_is_not_known_here_ends_no_other(there, destination):
    there.hears(D, Departed(stay=GONE, destination=destination), None, "2026-03-05")
    assert [stay.office for stay in there.record.main_stays] == [B]


def test_a_departure_that_names_a_stay_which_was_taken_back_ends_no_other(there):
    stay = there.hears(D, arrived(kind="further"), "update", "2026-02-01")
    there.hears(D, Retracted(target=stay), "retraction", "2026-02-02")
    there.hears(D, Departed(stay=stay, destination=ABROAD), "update", "2026-03-05")
    assert [stay.office for stay in there.record.main_stays] == [B]
    assert "left_without_arrival" in {c.kind for c in there.record.contradictions}


def test_a_departure_that_names_a_further_stay_leaves_the_main_one(there):
    stay = there.hears(D, arrived(kind="further"), "update", "2026-03-02")
    there.hears(D, Departed(stay=stay, destination=ABROAD), "update", "2026-03-05")
    assert [stay.office for stay in there.record.open_stays] == [B]


def test_a_departure_that_names_no_stay_ends_the_main_one_and_no_further_one(there):
    there.hears(D, arrived(kind="further"), "update", "2026-03-02")
    there.hears(A, Departed(stay=None, destination=ABROAD), "moved-on", "2026-03-05")
    assert [stay.office for stay in there.record.open_stays] == [D]


def test_the_keeper_who_knows_both_stays_sees_the_same():
    home = Told(A)
    home.own(Registered(basis="first_record", registration=town(A), particulars={"name": "王小雨"}), "2020-01-01")
    first = home.hears(D, arrived(kind="further"), "inflow", "2026-02-01")
    home.hears(B, arrived(), "inflow", "2026-03-01")
    home.hears(D, Departed(stay=first, destination=ABROAD), "update", "2026-03-05")
    assert [stay.office for stay in home.record.open_stays] == [B]


def test_a_stay_that_goes_on_where_somebody_is_announced_is_the_match_whatever_ends_it_later(there):
    stay = there.hears(D, arrived(kind="further"), "update", "2026-03-02")
    there.own(Departed(destination=town(D)), "2026-03-05")
    there.hears(D, Left(stay=stay, destination=ABROAD), "update", "2026-06-01")
    [announced] = there.record.announcements
    assert (announced.waits, announced.arrival) == (False, stay)


def test_a_stay_that_had_ended_by_then_is_none_and_a_further_one_that_begins_later_is(there):
    over = there.hears(D, arrived(kind="further"), "update", "2026-03-02")
    there.hears(D, Left(stay=over, destination=ABROAD), "update", "2026-03-03")
    there.own(Departed(destination=town(D)), "2026-03-05")
    [waiting] = there.record.announcements
    assert (waiting.waits, waiting.arrival) == (True, None)
    there.hears(C, arrived(kind="further"), "update", "2026-03-06")
    [waiting] = there.record.announcements
    assert waiting.waits, "a further stay in another town is not the end of it"
    stay = there.hears(D, arrived(kind="further"), "update", "2026-03-07")
    [announced] = there.record.announcements
    assert (announced.waits, announced.arrival) == (False, stay)


class TestWhatAnArrivalEnds:
    """K5: a main stay ends by a main arrival or return of a later day; where that lists `ends`, exactly these do."""

    @pytest.fixture
    def home(self):
        told = Told(A)
        told.own(Registered(basis="first_record", registration=town(A), particulars={"name": "王小雨"}), "2020-01-01")
        return told

    def stays(self, told: Told) -> dict[str, tuple[str, str | None]]:
        """Office -> kind, and the day on which it ended."""
        return {stay.office: (stay.kind, stay.ended) for stay in told.record.stays}

    def test_a_later_one_ends_the_main_stay_and_no_further_one(self, home):
        home.hears(B, arrived(), "inflow", "2026-03-01")
        home.hears(C, arrived(kind="further"), "inflow", "2026-03-02")
        assert self.stays(home) == {B: ("main", None), C: ("further", None)}
        home.hears(D, arrived(), "inflow", "2026-03-05")
        assert self.stays(home) == {B: ("main", "2026-03-05"), C: ("further", None), D: ("main", None)}

    def test_what_it_lists_and_nothing_else_and_the_main_stay_becomes_further(self, home):
        main = home.hears(B, arrived(), "inflow", "2026-03-01")
        further = home.hears(C, arrived(kind="further"), "inflow", "2026-03-02")
        home.hears(D, arrived(ends=(StayName(stay=further),)), "inflow", "2026-03-05")
        assert self.stays(home) == {B: ("further", None), C: ("further", "2026-03-05"), D: ("main", None)}
        assert home.record.stay(main).demoted_by is not None

    def test_by_the_town_where_its_author_knows_no_more(self, home):
        home.hears(B, arrived(kind="further"), "inflow", "2026-03-01")
        home.hears(C, arrived(kind="further"), "inflow", "2026-03-01")
        home.hears(D, arrived(kind="further", ends=(StayName(town=C),)), "inflow", "2026-03-05")
        assert self.stays(home) == {B: ("further", None), C: ("further", "2026-03-05"), D: ("further", None)}

    def test_a_stay_that_is_over_is_ended_by_nothing_more_and_contests_nothing(self, home):
        over = home.hears(B, arrived(), "inflow", "2026-03-01")
        home.hears(B, Left(stay=over, destination=ABROAD), "left", "2026-03-03")
        home.hears(D, arrived(ends=(StayName(stay=over),)), "inflow", "2026-03-05")
        assert self.stays(home)[B] == ("main", "2026-03-03")
        again = home.hears(C, arrived(), "inflow", "2026-03-07")
        home.hears(C, Left(stay=again, destination=ABROAD), "left", "2026-03-07")
        home.hears(B, arrived(kind="main"), "inflow", "2026-03-07")
        assert home.record.contradictions == ()

    def test_of_one_day_they_contest_each_other_unless_one_names_the_stay_that_it_continues(self, home):
        first = home.hears(B, arrived(), "inflow", "2026-03-01")
        home.hears(D, arrived(continues=StayName(stay=first)), "inflow", "2026-03-01")
        assert (self.stays(home)[B], home.record.contradictions) == (("main", "2026-03-01"), ())
        home.hears(C, arrived(), "inflow", "2026-03-01")
        assert [found.kind for found in home.record.contradictions] == ["contested_stays"]
        assert self.stays(home)[D] == ("main", None)

    def test_a_return_on_the_day_of_an_arrival_ends_the_stay(self, home):
        home.hears(B, arrived(), "inflow", "2026-03-01")
        home.own(Returned(address="6 Lake Road"), "2026-03-01")
        assert self.stays(home) == {B: ("main", "2026-03-01"), A: ("main", None)}
        assert home.record.contradictions == ()

    def test_one_of_an_earlier_day_that_comes_late_ends_nothing_and_is_ended(self, home):
        home.hears(D, arrived(), "inflow", "2026-03-05")
        home.hears(B, arrived(), "inflow", "2026-03-01")
        assert self.stays(home) == {B: ("main", "2026-03-05"), D: ("main", None)}


def test_a_registration_that_begins_a_stay_begins_one_of_its_kind():
    for kind in ("main", "further"):
        home = Told(A)
        home.own(Registered(basis="first_record", registration=town(A), kind=kind, address="1 Lane"), "2020-01-01")
        assert [(stay.kind, stay.address) for stay in home.record.stays] == [(kind, "1 Lane")]
    home = Told(A)
    home.own(Registered(basis="first_record", registration=town(A)), "2020-01-01")
    assert home.record.stays == ()


def test_a_death_ends_every_stay_and_what_was_announced_waits_no_more(there):
    there.own(arrived(kind="further"), "2026-03-02")
    there.own(Departed(destination=town(D)), "2026-03-03")
    there.own(Deceased(), "2026-03-05")
    record = there.record
    assert (record.open_stays, {stay.ended for stay in record.stays}) == ((), {"2026-03-05"})
    assert [(found.waits, found.arrival) for found in record.announcements] == [(False, None)]


def test_an_address_or_a_remark_in_between_takes_no_extension_back(there):
    """An extension says a later day than the last one that held, whatever else was recorded of the stay since."""
    stay = there.record.stays[0].id
    there.own(Extended(stay=stay, stay_until="2027-01-01"), "2026-03-02")
    there.own(MovedWithin(stay=stay, address="2 Lane"), "2026-03-03")
    for until, longer in (("2026-12-31", False), ("2027-01-01", False), ("2027-01-02", True)):
        fact = Extended(stay=stay, stay_until=until)
        if longer:
            require_longer(fact, "2026-03-04", there.record, there.record.stays[0])
        else:
            with pytest.raises(NotLonger):
                require_longer(fact, "2026-03-04", there.record, there.record.stays[0])


class TestParticulars:
    """Folded from facts by their keeper."""

    @pytest.fixture
    def home(self):
        told = Told(A)
        told.own(
            Registered(basis="first_record", registration=town(A), particulars={"name": "王小雨", "phone": "1"}),
            "2020-01-01",
        )
        return told

    def test_a_field_that_is_changed_to_nothing_is_held_no_more(self, home):
        home.own(Changed(set={"phone": None}, ground="other"), "2026-03-01")
        assert dict(home.record.particulars) == {"name": "王小雨"}

    def test_who_married_before_the_entry_that_says_nothing_of_it_is_married(self, home):
        spouse = Other(stated={"name": "林一"}, at=D)
        home.own(TieBegan(tie="spouse", other=spouse, ground="marriage"), "2010-05-01")
        assert home.record.particulars["marital_status"] == "20"

    def test_an_end_of_an_earlier_day_ends_no_tie_that_began_after_it(self, home):
        spouse = Other(stated={"name": "林一"}, at=D)
        home.own(TieEnded(tie="spouse", other=spouse, ground="divorce"), "2021-05-01")
        home.own(TieBegan(tie="spouse", other=spouse, ground="marriage"), "2022-05-01")
        home.own(TieEnded(tie="spouse", other=spouse, ground="divorce"), "2022-04-30")
        assert [tie.until for tie in home.record.ties] == [None]
