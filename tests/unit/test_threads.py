"""Along which threads something is told (T3): of its end to who knows a stay, and to whoever keeps the person all."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.case import Confirmed, Disputed, EnquiryAnswered, EnquiryOpened, Withdrawn
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Departed, Left, MovedWithin
from events.catalogue.person import Changed, KeptApart, Merged, Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import UNKNOWN, CaseRef, StayName, town
from events.envelope import Ref
from exchange.protocol.book import Delivery, Question
from exchange.protocol.telling.due import ALL_PARTS, IDENTITY, Sight
from exchange.protocol.telling.threads import announcer, hand_over, thread_of_stay, without_chain
from tests.unit.test_sheet import A, B, D, Told

C, E = "420106001000", "420107001000"


class Telling(Told):
    """A book, and what its office told."""

    stay: Ref

    def tells(self, ref: Ref, to: str) -> None:
        self.book.tell(Delivery(ref=ref, teller=self.book.office, to=to, parts=frozenset(), ground="test"))

    @property
    def sight(self) -> Sight:
        return Sight(self.book, self.record)


def entered(place: str = A) -> Registered:
    return Registered(basis="first_record", registration=town(place), particulars={"name": "王小雨"})


def arrived(place: str = A, **more: object) -> Arrived:
    return Arrived(**{"kind": "main", "registration": town(place), **more})  # type: ignore[arg-type]  # its own


class TestWhatEndedAStay:
    """A, the keeper, told D of the stay in B; C's arrival ends it."""

    @pytest.fixture
    def keeper(self) -> Telling:
        keeper = Telling(A)
        keeper.own(entered(), "2000-01-01")
        return keeper

    def stays(self, keeper: Telling, kind: str = "main") -> Ref:
        stay = keeper.hears(B, arrived(kind=kind), "inflow", "2026-01-01")
        keeper.tells(stay, D)
        return stay

    def told(self, keeper: Telling, end: Ref) -> set[str]:
        return {due.to for due in thread_of_stay(keeper.sight) if due.ref == end}

    def further(self, keeper: Telling, office: str = D, day: str = "2026-01-02") -> Ref:
        return keeper.hears(office, arrived(kind="further"), "update", day)

    def test_is_told_to_whoever_was_told_it_and_has_a_stay(self, keeper):
        self.stays(keeper)
        self.further(keeper)
        assert self.told(keeper, keeper.hears(C, arrived(), "inflow", "2026-02-01")) == {D}

    def test_is_told_to_nobody_who_was_not_told_it(self, keeper):
        self.stays(keeper)
        self.further(keeper, E)
        assert self.told(keeper, keeper.hears(C, arrived(), "inflow", "2026-02-01")) == set()

    def test_is_told_to_nobody_whose_stay_is_over(self, keeper):
        self.stays(keeper)
        keeper.hears(D, Left(stay=self.further(keeper), destination=UNKNOWN), "left", "2026-01-03")
        assert self.told(keeper, keeper.hears(C, arrived(), "inflow", "2026-02-01")) == set()

    def test_is_also_what_made_it_a_further_one(self, keeper):
        self.stays(keeper)
        other = self.further(keeper, E)
        self.further(keeper)
        there = keeper.hears(C, arrived(ends=(StayName(stay=other),)), "inflow", "2026-02-01")
        assert self.told(keeper, there) == {D}

    def test_is_told_because_the_stay_of_whoever_is_told_was_confirmed_since(self, keeper):
        self.stays(keeper)
        self.further(keeper, E)
        there = self.further(keeper)
        end = keeper.hears(C, arrived(), "inflow", "2026-02-01")
        assert [due.trigger for due in thread_of_stay(keeper.sight) if due.ref == end] == [None]
        answer = keeper.own(Confirmed(case=CaseRef(there, A, "inflow")), "2026-02-02")
        assert [due.trigger for due in thread_of_stay(keeper.sight) if due.ref == end] == [answer]

    def test_is_nothing_that_only_happened_in_it(self, keeper):
        stay = self.stays(keeper)
        self.further(keeper)
        keeper.hears(B, MovedWithin(stay=stay, address="2 Lane"), "update", "2026-02-01")
        assert list(thread_of_stay(keeper.sight)) == []

    def test_is_not_told_to_a_newcomer_whose_own_arrival_ends_it_in_its_view(self, keeper):
        self.stays(keeper)
        end = keeper.hears(C, arrived(), "inflow", "2026-02-01")
        keeper.hears(D, arrived(), "inflow", "2026-03-01")
        assert self.told(keeper, end) == set()

    def test_is_told_to_a_newcomer_where_it_was_recorded_only_later(self, keeper):
        self.stays(keeper)
        keeper.hears(D, arrived(), "inflow", "2026-03-01")
        assert self.told(keeper, keeper.hears(C, arrived(), "inflow", "2026-02-01")) == {D}

    def test_is_told_to_a_newcomer_where_it_was_no_main_stay(self, keeper):
        """A main arrival ends no further one."""
        stay = self.stays(keeper, "further")
        end = keeper.hears(B, Left(stay=stay, destination=UNKNOWN), "left", "2026-02-01")
        keeper.hears(D, arrived(), "inflow", "2026-03-01")
        assert self.told(keeper, end) == {D}

    @pytest.mark.parametrize("office", [D, E], ids=["its own", "another's"])
    def test_is_told_to_whoever_came_for_a_further_stay_whoever_came_for_a_main_one(self, keeper, office):
        self.stays(keeper)
        end = keeper.hears(C, arrived(), "inflow", "2026-02-01")
        self.further(keeper, D, "2026-03-01")
        if office == E:
            keeper.hears(E, arrived(), "inflow", "2026-03-01")
        assert self.told(keeper, end) == {D}

    def test_is_told_to_whoever_came_on_the_same_day_for_that_contests_it(self, keeper):
        stay = self.stays(keeper)
        end = keeper.hears(B, Left(stay=stay, destination=UNKNOWN), "left", "2026-01-01")
        keeper.hears(D, arrived(), "inflow", "2026-01-01")
        assert self.told(keeper, end) == {D}


class TestThatSomebodyArrivedWhereTheyWereAnnounced:
    """D announced somebody to B."""

    def due(self, office: str) -> set[tuple[str, str]]:
        """By whose book to whom which stay is due."""
        told = Telling(office)
        told.hears(A, entered(), None, "2000-01-01") if office != A else told.own(entered(), "2000-01-01")
        told.hears(D, Departed(destination=town(B)), "update", "2025-12-01")
        told.own(arrived(), "2026-01-01") if office == B else told.hears(B, arrived(), "update", "2026-01-01")
        return {(due.ref.author, due.to) for due in announcer(told.sight)}

    @pytest.mark.parametrize("office", [A, B], ids=["the keeper", "the town"])
    def test_is_told_to_whoever_announced_them(self, office):
        assert self.due(office) == {(B, D)}

    def test_is_told_by_nobody_else_who_heard_of_it(self):
        assert self.due(C) == set()

    def test_says_nothing_of_stays_elsewhere_nor_of_what_else_happened_in_the_one_there(self):
        told = Telling(A)
        told.own(entered(), "2000-01-01")
        elsewhere = told.hears(C, arrived(), "inflow", "2025-01-01")
        told.hears(C, Left(stay=elsewhere), "left", "2025-02-01")
        there = told.hears(B, arrived(), "inflow", "2025-06-01")
        told.hears(B, MovedWithin(stay=there, address="2 Lane"), "update", "2025-07-01")
        for stay in (elsewhere, there):
            told.tells(stay, D)
        told.hears(D, Departed(destination=town(B)), "update", "2025-12-01")
        assert {due.ref for due in announcer(told.sight)} == {there}

    def test_says_nobody_else_who_heard_how_a_stay_there_had_ended(self):
        told = Telling(C)
        told.hears(A, entered(), None, "2000-01-01")
        stay = told.hears(B, arrived(), "update", "2025-01-01")
        told.hears(B, Left(stay=stay), "left", "2025-02-01")
        told.tells(stay, D)
        told.hears(D, Departed(destination=town(B)), "update", "2025-12-01")
        assert list(announcer(told.sight)) == []


class TestWhileNobodyIsKnownToKeepTheRegistration:
    @pytest.fixture
    def opener(self) -> Telling:
        """B, where somebody arrived who says nothing of a registration."""
        opener = Telling(B)
        opener.stay = opener.own(arrived(registration=None, opens=True), "2026-01-01")
        return opener

    def told(self, opener: Telling, ref: Ref) -> set[str]:
        return {due.to for due in without_chain(opener.sight) if due.ref == ref} - {opener.book.office}

    @pytest.mark.parametrize(
        "fact",
        [
            Arrived(kind="further"),
            Departed(destination=town(B)),
            Left(stay=Ref(D, "e99"), destination=town(B)),
        ],
        ids=lambda fact: fact.type,
    )
    def test_all_who_recorded_a_movement_are_told_what_concerns_any(self, opener, fact):
        opener.hears(D, fact, "update", "2026-01-02")
        assert self.told(opener, opener.stay) == {D}

    def test_so_is_whom_an_arrival_names_as_the_registration_place(self, opener):
        opener.hears(D, arrived(C, kind="further"), "update", "2026-01-02")
        assert self.told(opener, opener.stay) == {C, D}

    def test_so_is_not_who_only_changed_something(self, opener):
        opener.hears(D, Changed(set={"name": "乙"}), "update", "2026-01-02")
        assert self.told(opener, opener.stay) == set()

    def test_what_concerns_nobody_is_told_to_nobody(self, opener):
        opener.hears(D, arrived(registration=None, kind="further"), "update", "2026-01-02")
        assert self.told(opener, opener.own(KeptApart(other="q"), "2026-01-03")) == set()

    def test_who_keeps_the_person_tells_what_others_recorded_too_and_nobody_else_does(self, opener):
        there = opener.hears(D, arrived(registration=None, kind="further"), "update", "2026-01-02")
        opener.hears(C, arrived(registration=None, kind="further"), "update", "2026-01-03")
        assert (opener.record.keeper, self.told(opener, there)) == (B, {C, D})
        later = Telling(E)
        first = later.hears(B, arrived(registration=None, opens=True), "update", "2026-01-01")
        own = later.own(arrived(registration=None, kind="further"), "2026-01-02")
        assert later.record.keeper == B
        assert (self.told(later, first), self.told(later, own)) == (set(), {B})

    def test_nothing_is_told_so_once_somebody_registered_the_person(self, opener):
        opener.hears(D, arrived(registration=None, kind="further"), "update", "2026-01-02")
        opener.hears(A, entered(), "update", "2026-01-03")
        assert self.told(opener, opener.stay) == set()


class TestWhatIsHandedOver:
    """B opened the dossier, which A keeps by an entry of its own."""

    @pytest.fixture
    def opener(self) -> Telling:
        opener = Telling(B)
        opener.stay = opener.own(arrived(opens=True), "2026-01-01")
        opener.hears(A, entered(), "update", "2000-01-01")
        return opener

    def handed(self, told: Telling) -> dict[Ref, frozenset[str]]:
        return {due.ref: frozenset(due.parts) for due in hand_over(told.sight)}

    def test_is_by_whoever_opened_the_dossier_what_recognises_the_person_until_it_is_recognised(self, opener):
        assert self.handed(opener)[opener.stay] == IDENTITY
        puts = (Question("inflow", "2026-03-01"),)
        opener.book.tell(
            Delivery(ref=opener.stay, teller=B, to=A, parts=frozenset(), ground="named", kind="inflow", asked=puts)
        )
        opener.hears(A, Confirmed(case=CaseRef(opener.stay, A, "inflow")), "reply", "2026-01-02")
        assert self.handed(opener)[opener.stay] == ALL_PARTS

    def test_is_not_all_because_another_office_recognised_the_person(self, opener):
        moved = opener.hears(D, arrived(origin=town(B)), "moved-on", "2026-02-01", asked=(Question("moved-on", None),))
        opener.own(Confirmed(case=CaseRef(moved, B, "moved-on")), "2026-02-02")
        assert self.handed(opener)[opener.stay] == IDENTITY

    def test_is_nothing_by_the_keeper_itself(self):
        keeper = Telling(A)
        keeper.own(entered(), "2000-01-01")
        assert self.handed(keeper) == {}

    @pytest.mark.parametrize("taken_back", [False, True])
    def test_is_by_whom_a_move_named_that_went_on_since_or_was_an_error(self, taken_back):
        named = Telling(B)
        named.hears(D, entered(D), None, "2000-01-01")
        move = named.hears(D, RegistrationChanged(from_=town(D), to=town(B), ground="moved"), None, "2001-01-01")
        changed = named.own(Changed(set={"name": "乙"}), "2001-02-01")
        assert self.handed(named) == {}
        on: Fact = RegistrationChanged(from_=town(B), to=town(A), ground="moved")
        named.hears(D, Retracted(target=move), None, "2001-03-01") if taken_back else named.own(on, "2001-03-01")
        assert self.handed(named)[changed] == (IDENTITY if taken_back else ALL_PARTS)

    def test_is_by_whom_an_arrival_named_that_said_it_is_not_its_registration(self):
        named = Telling(B)
        puts = (Question("inflow", "2026-03-01"),)
        arrival = named.hears(D, arrived(B, opens=True), "inflow", "2026-01-01", asked=puts)
        changed = named.own(Changed(set={"name": "乙"}), "2026-01-02")
        named.own(Disputed(case=CaseRef(arrival, B, "inflow"), reason="not_our_registration"), "2026-01-03")
        assert (named.record.keeper, changed in self.handed(named)) == (D, True)

    def test_is_all_once_the_entry_was_given_up_for_the_keepers(self, opener):
        opener.own(Merged(other="q", keeper=A), "2026-01-02")
        assert self.handed(opener)[opener.stay] == ALL_PARTS

    def test_is_not_all_where_the_keeper_was_asked_and_did_not_answer(self, opener):
        puts = (Question("inflow", "2026-03-01"),)
        opener.book.tell(
            Delivery(ref=opener.stay, teller=B, to=A, parts=frozenset(), ground="named", kind="inflow", asked=puts)
        )
        assert self.handed(opener)[opener.stay] == IDENTITY

    def test_is_no_word_of_an_enquiry_and_no_withdrawal_and_nothing_that_was_taken_back(self, opener):
        case = CaseRef(opener.stay, D, "moved-on")
        over = opener.own(Withdrawn(case=case, ground="no_longer_needed"), "2026-01-03")
        asked = opener.hears(D, EnquiryOpened(to=B, purpose="residence", given={}, fields=()), None, "2026-01-04")
        said = opener.own(EnquiryAnswered(case=CaseRef(asked, B, "enquiry"), held=False), "2026-01-05")
        gone = opener.own(arrived(kind="further"), "2026-01-06")
        opener.own(Retracted(target=gone), "2026-01-07")
        apart = opener.own(KeptApart(other="q"), "2026-01-08")
        assert self.handed(opener).keys().isdisjoint({over, said, gone, apart})
        answer = opener.own(Confirmed(case=CaseRef(opener.stay, B, "contested")), "2026-01-09")
        assert answer in self.handed(opener)
