"""The second tier for the rest of a life: who opens, changes, ends and amends what, by the author's own book alone."""

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Departed, Extended, Left, MainChanged, MovedWithin, Returned
from events.catalogue.person import Changed, Deceased, Held, Merged, Protected, Registered, Unmerged, Unprotected
from events.catalogue.values import ABROAD, town
from events.envelope import Ref
from events.errors import Illegal
from exchange.protocol.legality import check
from exchange.protocol.refusals import NoSuchMerge, UnknownPerson
from tests.unit.test_legality import HOME, Book, arrived
from tests.unit.test_sheet import PERSON, A, B, D, Told

UNKNOWN = Ref(A, "nothing")
DIED = "2026-04-01"


@pytest.fixture
def dead():
    """What the keeper knows of the person after the death."""
    book = Book(A)
    book.own(Deceased(), DIED)
    return book


class TestOpening:
    @pytest.mark.parametrize("office", [A, B, D])
    def test_registers_nobody_whom_the_book_holds(self, office):
        assert Book(office).refuses(HOME) == ("already_held", "person", None)

    @pytest.mark.parametrize(("office", "kind"), [(B, "main"), (D, "further")])
    def test_sees_nobody_arrive_twice_in_one_kind_of_stay(self, office, kind):
        assert Book(office).refuses(arrived(kind)) == ("already_here", "kind", None)

    @pytest.mark.parametrize(("office", "kind"), [(B, "further"), (D, "main")])
    def test_sees_them_arrive_in_the_other_kind(self, office, kind):
        assert Book(office).refuses(arrived(kind)) is None

    def test_sees_nobody_arrive_after_their_death(self, dead):
        assert dead.refuses(arrived()) == ("person_died", "effective_on", None)
        assert dead.refuses(arrived(), DIED) is None, "on the day itself they may have arrived"


class TestAReturn:
    def test_is_recorded_by_the_keeper(self):
        assert Book(A).refuses(Returned()) is None
        assert Book(B).refuses(Returned()) == ("not_keeper", "type", None)

    def test_is_not_one_for_who_is_here(self):
        book = Book(A)
        book.own(Returned(), "2026-04-01")
        assert book.refuses(Returned()) == ("already_here", "person", "already_here.returned")

    def test_is_none_of_the_dead(self, dead):
        assert dead.refuses(Returned()) == ("person_died", "effective_on", None)


class TestAStay:
    @pytest.mark.parametrize("fact", [MovedWithin, Extended, Left, MainChanged])
    def test_is_its_own_offices_also_before_the_keeper(self, fact):
        more = {"stay_until": "2027-01-01"} if fact is Extended else {}
        book = Book(A)
        assert book.refuses(fact(stay=book.main, **more)) == ("no_such_stay", "stay", None)
        assert book.refuses(fact(stay=UNKNOWN, **more)) == ("no_such_stay", "stay", None)

    def test_ends_on_no_day_before_it_began(self):
        book = Book(B)
        assert book.refuses(Left(stay=book.main), "2026-02-28") == ("no_such_stay", "effective_on", "before_stay")
        assert book.refuses(Left(stay=book.main), "2026-03-01") is None

    def test_lapses_only_after_its_last_day(self):
        book = Book(D)
        until = book.own(arrived(stay_until="2026-06-30"), "2026-04-01")
        lapsed = Left(stay=until, basis="lapsed")
        assert book.refuses(lapsed, "2026-06-30") == ("not_lapsed", "basis", None)
        assert book.refuses(lapsed, "2026-07-01") is None

    def test_is_extended_to_a_later_day_than_the_one_that_held(self):
        book = Book(D)
        stay = book.own(arrived(stay_until="2026-06-30"), "2026-04-01")
        shorter, same, longer = (Extended(stay=stay, stay_until=f"2026-0{month}-30") for month in (5, 6, 9))
        assert (
            book.refuses(shorter, "2026-05-01")
            == book.refuses(same, "2026-05-01")
            == ("not_longer", "stay_until", None)
        )
        assert book.refuses(longer, "2026-05-01") is None
        book.own(Extended(stay=stay, stay_until="2026-12-30"), "2026-06-01")
        assert book.refuses(longer, "2026-06-02") == ("not_longer", "stay_until", None)
        assert book.refuses(longer, "2026-05-01") is None, "recorded late, of a day before the other extension"

    def test_without_a_last_day_may_be_given_one(self):
        book = Book(D)
        stay = book.own(arrived(), "2026-04-01")
        assert book.refuses(Extended(stay=stay, stay_until="2026-06-30"), "2026-05-01") is None

    def test_of_the_dead_goes_on_for_nobody(self, dead):
        assert dead.refuses(MovedWithin(stay=dead.main)) == ("person_died", "effective_on", None)
        assert dead.refuses(Departed(destination=ABROAD)) == ("person_died", "effective_on", None)

    def test_that_is_over_leaves_its_office_without_a_departure(self):
        book = Book(D)
        book.own(Left(stay=book.further), "2026-04-01")
        assert book.refuses(Departed(destination=ABROAD)) == ("not_concerned", "type", None)


class TestAParticular:
    def test_is_changed_by_the_keeper_and_two_by_the_office_of_the_main_stay(self):
        assert Book(A).refuses(Changed(set={"name": "王大雨"})) is None
        assert Book(B).refuses(Changed(set={"occupation": "cook"})) is None
        assert Book(B).refuses(Changed(set={"name": "王大雨", "phone": "1"})) == (
            "not_keeper", "set.name", None,
        )  # fmt: skip

    def test_is_changed_by_no_office_of_a_further_stay(self):
        assert Book(D).refuses(Changed(set={"phone": "1"})) == ("not_keeper", "set", None)


class TestProtectionAndDeath:
    def test_is_set_once_and_lifted_once(self):
        book = Book(B)
        assert book.refuses(Unprotected(ground="threat_over")) == ("protection_state", "type", None)
        book.own(Protected(ground="threat"), "2026-04-01")
        assert book.refuses(Protected(ground="threat")) == ("protection_state", "type", None)
        assert book.refuses(Unprotected(ground="threat_over")) is None

    def test_nobody_dies_twice(self, dead):
        assert dead.refuses(Deceased()) == ("person_died", "effective_on", None)

    def test_a_death_is_recorded_by_who_keeps_or_houses_the_person(self):
        assert [Book(office).refuses(Deceased()) for office in (A, B, D)] == [None] * 3
        book = Book(D)
        book.own(Left(stay=book.further), "2026-04-01")
        assert book.refuses(Deceased()) == ("not_concerned", "type", None)


class TestIdentity:
    @pytest.mark.parametrize("fact", [Merged(other="another", keeper=A), Held(ground="court")])
    def test_is_the_keepers(self, fact):
        assert Book(A).refuses(fact) is None
        assert Book(B).refuses(fact) == ("not_keeper", "type", None)

    def test_is_joined_once(self):
        assert Book(A).refuses(Merged(other=PERSON, keeper=A)) == ("no_such_merge", "other", "already_merged")

    def test_is_parted_by_who_joined_it_and_of_those_who_were_joined(self):
        book = Book(A)
        merge = book.own(Merged(other="another", keeper=A), "2026-04-01")
        assert book.refuses(Unmerged(other="another", merge=merge)) is None
        assert book.refuses(Unmerged(other="a third", merge=merge)) == ("no_such_merge", "other", None)
        for no_merge in (UNKNOWN, book.main):
            assert book.refuses(Unmerged(other="another", merge=no_merge)) == ("no_such_merge", "merge", None)
        elsewhere = Book(B)
        merge = elsewhere.hears(A, Merged(other="another", keeper=A), "update", "2026-04-01")
        assert elsewhere.refuses(Unmerged(other="another", merge=merge)) == ("not_author", "merge", None)


class TestAnAmendment:
    @pytest.mark.parametrize(
        "amends",
        [lambda ref: Retracted(target=ref), lambda ref: Corrected(target=ref, set={"kind": "main"}, fields=("kind",))],
    )
    def test_is_its_authors_once_and_of_what_can_be_amended(self, amends):
        book = Book(B)
        assert book.refuses(amends(book.main)) is None
        assert book.refuses(amends(book.further)) == ("not_author", "target", None)
        assert book.refuses(amends(UNKNOWN)) == ("no_such_event", "target", None)
        book.own(Retracted(target=book.main), "2026-04-01")
        assert book.refuses(amends(book.main)) == ("already_retracted", "target", None)
        keeper = Book(A)
        merge = keeper.own(Merged(other="another", keeper=A), "2026-04-01")
        assert keeper.refuses(amends(merge)) == ("not_amendable", "target", None)


class TestWhoWasWithdrawn:
    """Rule 6: nothing is recorded of them but what opens the dossier, anew or after all."""

    @pytest.fixture
    def gone(self):
        told = Told(A)
        opened = told.own(Registered(basis="first_record", registration=town(A), particulars={"name": "王小雨"}))
        self.changed = told.own(Changed(set={"sex": "F"}, ground="other"))
        self.opened, self.taken_back = opened, told.own(Retracted(target=opened))
        assert told.record.withdrawn
        return told

    def refuses(self, told: Told, fact: Fact) -> str | None:
        try:
            check(fact, "2026-03-02", A, told.record, PERSON)
        except Illegal as refused:
            return refused.code
        return None

    def test_is_opened_anew(self, gone):
        assert self.refuses(gone, Registered(basis="first_record", registration=town(A))) is None
        assert self.refuses(gone, Arrived(kind="main", registration=town(A))) is None

    def test_is_there_after_all_where_the_retraction_is_taken_back(self, gone):
        assert self.refuses(gone, Retracted(target=self.taken_back)) is None

    def test_is_unknown_to_all_else(self, gone):
        assert self.refuses(gone, Changed(set={"sex": "M"}, ground="other")) == "person_unknown"
        assert self.refuses(gone, Retracted(target=self.changed)) == "person_unknown"
        assert self.refuses(gone, Retracted(target=self.opened)) == "person_unknown"
        assert self.refuses(gone, Corrected(target=self.opened, set={"sex": "M"}, fields=("sex",))) == "person_unknown"


def test_an_id_is_given_up_once():
    """Whoever else is the same human is joined with the one that survives."""
    told = Told(A)
    told.own(Registered(basis="first_record", registration=town(A)))
    told.own(Merged(other="another", keeper=A))
    record = told.record
    given_up = next(iter(set(record.persons) - {record.person}))
    third = Merged(other="a third", keeper=A)
    check(third, "2026-03-02", A, record, record.person)
    with pytest.raises(NoSuchMerge) as refused:
        check(third, "2026-03-02", A, record, given_up)
    assert (refused.value.field, refused.value.rule) == ("person", "given_up")


def test_of_whom_the_book_holds_nothing_only_that_is_recorded_on_which_a_dossier_stands():
    for fact in (Registered(basis="first_record", registration=town(A)), Arrived(kind="main", registration=None)):
        check(fact, "2026-03-02", A, None, PERSON)
    for other in (Deceased(), Changed(set={"sex": "F"}, ground="other"), Retracted(target=UNKNOWN)):
        with pytest.raises(UnknownPerson):
            check(other, "2026-03-02", A, None, PERSON)
