"""What held on a day: the book of an office, restricted, in every case that a clerk may ask about."""

from typing import Any

import msgspec
import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Confirmed, Withdrawn
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived, Departed, Left, MovedWithin
from events.catalogue.person import Changed, Deceased, KeptApart, Merged, Protected, Registered, Stated, Unmerged
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import CaseRef, Other, Tied, town
from events.envelope import SYSTEM_ACTOR, Ref
from exchange.protocol.as_of import as_of
from exchange.protocol.book import Delivery, Question
from exchange.protocol.shown.sheet import sheet
from exchange.protocol.view import view
from tests.unit.test_sheet import A, B, D, Told

WORD = "王小雨"
OUTFLOW = Question("outflow", "2026-03-20")


def registered(**more: Any) -> Registered:
    return Registered(basis="first_record", registration=town(A), particulars={"name": WORD}, **more)


def arrived(**more: Any) -> Arrived:
    return Arrived(**{"kind": "main", "registration": town(A), "origin": town(A), "address": "1 Lane", **more})


def shown(told: Told, day: str) -> dict[str, Any]:
    (record,) = view(as_of(told.book, day))
    return sheet(record)


def _arrival(home: Told) -> Ref:
    (delivery,) = home.deliveries
    return delivery.ref


@pytest.fixture
def home():
    """A, where the person was registered in 2020 and which heard of the arrival in B in 2026."""
    home = Told(A)
    home.own(registered(kind="main", address="6 Lake"), "2020-01-01")
    home.hears(B, arrived(), "inflow", "2026-03-01", asked=(Question("inflow", "2026-03-20"),))
    return home


def test_a_fact_holds_from_its_own_day_on(home):
    assert shown(home, "2026-02-28")["lives_at"] == {"kind": "town", "code": A}
    assert shown(home, "2026-03-01")["lives_at"] == {"kind": "town", "code": B}


def test_before_anything_held_the_book_is_empty(home):
    assert as_of(home.book, "2019-12-31").events() == []


def test_the_book_itself_stays_as_it_is(home):
    before = view(home.book)
    as_of(home.book, "2026-02-28")
    assert view(home.book) == before


def test_a_stay_goes_on_until_the_day_on_which_it_ended():
    there = Told(B)
    stay = there.own(arrived(), "2025-03-01")
    there.own(MovedWithin(stay=stay, address="2 Street"), "2025-06-01")
    there.own(Left(stay=stay, destination=None, basis="own_word"), "2026-01-01")
    first, later, after = (shown(there, day) for day in ("2025-05-31", "2025-12-31", "2026-01-01"))
    assert (first["address"], later["address"]) == ("1 Lane", "2 Street")
    assert (first["until"], later["roles"], after["until"], after["roles"]) == (
        None,
        ["main"],
        "2026-01-01",
        ["former"],
    )


def test_a_question_and_its_replies_go_with_the_fact_that_they_speak_of(home):
    home.own(Confirmed(case=CaseRef(_arrival(home), A, "inflow")), "2026-03-05")
    assert shown(home, "2026-02-28")["cases"] == []
    assert [case["status"] for case in shown(home, "2026-03-01")["cases"]] == ["confirmed"]


class TestAmendments:
    def test_a_correction_holds_from_the_first_day_whenever_it_was_recorded(self):
        home = Told(A)
        entry = home.own(registered(), "2020-01-01")
        home.own(Corrected(target=entry, set={"name": "王晓雨"}, ground="recording_error"), "2026-03-02")
        assert shown(home, "2020-01-01")["particulars"] == {"name": "王晓雨"}

    def test_the_corrected_day_decides(self):
        there = Told(B)
        arrival = there.own(arrived(), "2026-03-10")
        there.own(Corrected(target=arrival, set={"effective_on": "2026-03-01"}, ground="recording_error"), "2026-03-12")
        assert shown(there, "2026-03-05")["since"] == "2026-03-01"
        there.own(Corrected(target=arrival, set={"effective_on": "2026-04-01"}, ground="recording_error"), "2026-04-02")
        assert as_of(there.book, "2026-03-15").events() == []

    def test_what_amends_a_fact_that_came_later_is_not_missed(self, home):
        death = home.own(Deceased(), "2026-05-01")
        back = home.own(Retracted(target=death, ground="recording_error"), "2026-05-02")
        home.own(Retracted(target=back, ground="recording_error"), "2026-05-03")
        then, now = shown(home, "2026-04-30"), shown(home, "2026-05-01")
        assert (then["died_on"], then["incomplete"], then["state"]) == (None, [], "open")
        assert (now["died_on"], now["incomplete"]) == ("2026-05-01", [])

    def test_what_was_taken_back_held_on_no_day(self, home):
        home.hears(B, Retracted(target=_arrival(home), ground="recording_error"), "retraction", "2026-06-01")
        assert shown(home, "2026-04-01")["lives_at"] == {"kind": "town", "code": A}


def test_two_entries_merged_later_are_one_person_on_every_day(home):
    home.own(Merged(other="Q", keeper=B), "2026-04-01")
    assert shown(home, "2026-03-15")["persons"] == ["P", "Q"]


def test_two_entries_that_were_no_one_after_all_are_two_persons_on_every_day(home):
    merge = home.own(Merged(other="Q", keeper=B), "2026-04-01")
    home.own(Unmerged(other="Q", merge=merge), "2026-05-01")
    assert shown(home, "2026-03-15")["persons"] == ["P"]


def test_what_was_told_of_a_fact_that_came_later_had_not_been_told(home):
    told = [
        home.own(fact, day) for fact, day in ((Protected(ground="threat"), "2026-03-01"), (Deceased(), "2026-05-01"))
    ]
    for ref in told:
        home.book.tell(Delivery(ref=ref, teller=A, to=B, parts=frozenset(), ground="stay"))
    assert [ref for ref, _ in as_of(home.book, "2026-04-30").told] == told[:1]


def test_the_registration_was_where_it_was_before_it_moved(home):
    home.own(RegistrationChanged(from_=town(A), to=town(D), ground="moved"), "2026-04-01")
    assert shown(home, "2026-03-31")["registration"] == {"kind": "town", "code": A}
    assert shown(home, "2026-04-01")["registration"] == {"kind": "town", "code": D}


@pytest.mark.parametrize(
    ("day", "state"),
    [("2026-01-31", "none"), ("2026-02-01", "in_force"), ("2026-02-10", "in_force"), ("2026-02-11", "none")],
)
def test_a_protection_with_a_last_day_holds_on_it_and_not_after(home, day, state):
    home.own(Protected(ground="threat", until="2026-02-10"), "2026-02-01")
    assert shown(home, day)["protection"]["state"] == state


def test_a_protection_without_a_last_day_holds_on_every_day_after(home):
    home.own(Protected(ground="threat"), "2026-02-01")
    assert shown(home, "2029-01-01")["protection"]["state"] == "in_force"


class TestWhatSaysNothingWithoutAFactThatCameLater:
    """... is left out with it, whatever its own day is."""

    def test_is_its_correction(self, home):
        death = home.own(Deceased(), "2026-05-01")
        home.own(Corrected(target=death, set={"declared": True}, ground="recording_error"), "2026-05-02")
        assert shown(home, "2026-04-30")["incomplete"] == []

    def test_is_what_happened_in_a_stay(self, home):
        """The arrival is of a later day, as it was corrected since."""
        stay = _arrival(home)
        moved = home.hears(B, MovedWithin(stay=stay, address="2 Lane"), "update", "2026-03-02")
        home.hears(B, Corrected(target=stay, set={"effective_on": "2026-04-01"}), "correction", "2026-04-02")
        assert as_of(home.book, "2026-03-15").events() != []
        assert moved not in {event.ref for event in as_of(home.book, "2026-03-15").events()}

    @pytest.mark.parametrize(("actor", "status"), [(SYSTEM_ACTOR, "open"), ("clerk", "withdrawn")])
    def test_is_what_followed_from_it_by_itself_and_no_act_of_a_person(self, actor, status):
        """That somebody arrived elsewhere withdraws what was asked of the town announced, and not before."""
        home = Told(A)
        home.own(registered(), "2020-01-01")
        elsewhere = home.hears(B, arrived(), "withdrawn", "2026-03-01")
        announced = home.hears(D, Departed(destination=town(A)), "outflow", "2026-02-01", asked=(OUTFLOW,))
        over = home.event(D, Withdrawn(case=CaseRef(announced, A, "outflow"), ground="no_longer_stands"), "2026-03-01")
        frame = msgspec.structs.replace(over.frame, actor=actor, because=elsewhere)
        told = Delivery(ref=over.ref, teller=D, to=A, parts=frozenset(), ground="reply", kind="withdrawn")
        home.book.receive(told, msgspec.structs.replace(over, frame=frame))
        assert [case["status"] for case in shown(home, "2026-02-15")["cases"]] == [status]


class TestWhatTheKeeperStated:
    """At the residence place: the keeper's statement is a snapshot, and says what changed only by its being newer."""

    @pytest.fixture
    def there(self):
        there = Told(B)
        there.own(arrived(stated={"name": WORD}), "2026-01-01")
        there.hears(
            A, Stated(particulars={"name": WORD, "born_on": "1990-06-01"}, basis="confirmed"), None, "2026-01-10"
        )
        return there

    def test_tells_of_the_days_since_the_arrival(self, there):
        assert shown(there, "2026-01-05")["particulars"] == {"name": WORD, "born_on": "1990-06-01"}

    def test_with_what_changed_since_as_it_was_before(self, there):
        there.hears(A, Changed(set={"name": "王二"}, ground="own_wish"), "update", "2026-02-01")
        there.hears(A, Changed(set={"name": "王三"}, ground="own_wish"), "update", "2026-03-01")
        there.hears(
            A, Stated(particulars={"name": "王三", "born_on": "1990-07-01"}, basis="confirmed"), None, "2026-03-02"
        )
        names = [shown(there, day)["particulars"]["name"] for day in ("2026-01-31", "2026-02-15", "2026-03-01")]
        assert names == [WORD, "王二", "王三"]

    def test_also_before_a_change_that_it_knew_as_still_to_come(self, there):
        there.hears(A, Changed(set={"name": "王二"}, ground="own_wish"), "update", "2026-06-01")
        there.hears(A, Stated(particulars={"name": "王二"}, basis="confirmed"), None, "2026-02-01")
        names = [shown(there, day)["particulars"]["name"] for day in ("2026-05-31", "2026-06-01")]
        assert names == [WORD, "王二"]

    def test_with_what_was_corrected_since_as_it_is_right(self, there):
        there.hears(A, Changed(set={"name": "王二"}, ground="own_wish"), "update", "2026-02-01")
        there.hears(
            A, Stated(particulars={"name": "王二", "born_on": "1990-07-01"}, basis="confirmed"), None, "2026-03-02"
        )
        assert shown(there, "2026-01-31")["particulars"] == {"name": WORD, "born_on": "1990-07-01"}

    def test_tells_of_the_very_day_of_the_arrival(self, there):
        assert "born_on" in shown(there, "2026-01-01")["particulars"]

    def test_tells_of_the_days_since_an_entry_of_the_offices_own_too(self):
        """It gave the registration up since, and goes on being told what it may know."""
        before = Told(B)
        before.own(Registered(basis="first_record", registration=town(B), particulars={"name": WORD}), "2020-01-01")
        before.own(RegistrationChanged(from_=town(B), to=town(A), ground="moved"), "2020-02-01")
        before.hears(A, Stated(particulars={"name": WORD, "sex": "1"}, basis="hand_over"), None, "2020-03-01")
        assert shown(before, "2020-02-15")["particulars"] == {"name": WORD, "sex": "1"}

    def test_says_nothing_of_the_days_since_an_arrival_that_was_taken_back(self, there):
        there.hears(A, registered(), None, "2020-01-01")
        there.own(Retracted(target=next(iter(there.book.recorded))), "2026-01-20")
        assert "born_on" not in shown(there, "2026-01-05")["particulars"]

    def test_says_nothing_of_the_days_since_another_fact_of_the_offices_own(self):
        there = Told(B)
        there.hears(A, registered(), None, "2020-01-01")
        there.own(TieBegan(tie="child", other=Other(person="q"), ground="birth"), "2025-01-01")
        there.hears(A, Stated(particulars={"name": WORD, "sex": "1"}, basis="confirmed"), None, "2026-01-10")
        assert shown(there, "2025-06-01")["particulars"] == {"name": WORD}

    def test_says_nothing_of_the_time_before_the_office_was_told_of_changes(self, there):
        there.hears(A, registered(), None, "2020-01-01")
        assert shown(there, "2025-12-31")["particulars"] == {"name": WORD}
        assert shown(there, "2025-12-31")["roles"] == []


def test_a_tie_holds_from_its_day_on_in_what_a_statement_says_too():
    """B was stated the marriage and, after the divorce, that there is none; of each day it shows what held then."""
    there = Told(B)
    there.own(arrived(), "2020-01-01")
    there.hears(A, registered(), "update", "2019-01-01")
    spouse = Other(person="p9")

    def stated(day: str, status: str, *ties: Tied) -> None:
        held = Stated(particulars={"name": WORD, "marital_status": status}, ties=ties, basis="confirmed")
        there.hears(A, held, "update", day)

    stated("2020-01-02", "10")
    there.hears(A, TieBegan(tie="spouse", other=spouse, ground="marriage"), "update", "2021-05-20")
    stated("2021-05-21", "20", Tied(tie="spouse", other=spouse, since="2021-05-20"))
    there.hears(A, TieEnded(tie="spouse", other=spouse, ground="divorce"), "update", "2024-02-01")
    stated("2024-02-02", "40")
    held = [(shown(there, day)["particulars"]["marital_status"], len(shown(there, day)["ties"])) for day in DAYS]
    assert held == [("10", 0), ("20", 1), ("20", 1), ("40", 0)]


DAYS = ("2021-05-19", "2021-05-20", "2024-01-31", "2024-02-01")


@pytest.mark.parametrize("fact", [Merged(other="another", keeper=A), KeptApart(other="another")])
def test_where_only_what_speaks_of_facts_was_recorded_by_then_the_book_is_empty(home, fact):
    home.own(fact, "2019-06-01")
    assert as_of(home.book, "2019-12-31").events() == []
    assert len(as_of(home.book, "2020-01-01").events()) == 2


def test_a_change_that_was_taken_back_takes_nothing_out_of_a_statement_of_before():
    there = Told(B)
    there.own(arrived(), "2026-03-01")
    wrong = there.hears(A, Changed(set={"name": "林一"}, ground="other"), "update", "2026-06-01")
    there.hears(A, Retracted(target=wrong), "retraction", "2026-06-02")
    there.hears(A, Stated(basis="confirmed", particulars={"name": WORD}), "update", "2026-06-03")
    assert shown(there, "2026-04-01")["particulars"] == {"name": WORD}
