"""The second tier: who may record what, by the author's own book alone (the catalogue's column *author*)."""

from typing import Any

import msgspec
import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import RequestOpened
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Departed
from events.catalogue.person import KeptApart, Merged, Registered
from events.catalogue.registration import RegistrationChanged
from events.catalogue.values import ABROAD, town
from events.envelope import Ref
from events.errors import Illegal
from exchange.protocol.legality import check
from tests.unit.test_sheet import PERSON, A, B, D, Told

HOME = Registered(basis="register", registration=town(A), kind="main", address="1 Lane")
DAY = "2026-05-01"
OUTSIDE = town("330106001000")


def arrived(kind: Any = "main", **more: Any) -> Arrived:
    return Arrived(kind=kind, registration=town(A), origin=town(A), **more)


class Book(Told):
    """What one office knows of a person who is registered at A and lives at B, and further at D."""

    def __init__(self, office: str) -> None:
        super().__init__(office)
        self._tell(A, HOME, "2026-01-01")
        self.main = self._tell(B, arrived(), "2026-03-01")
        self.further = self._tell(D, arrived("further"), "2026-03-05")

    def _tell(self, author: str, fact: Fact, day: str) -> Ref:
        return self.own(fact, day) if author == self.book.office else self.hears(author, fact, "update", day)

    def refuses(self, fact: Fact, day: str = DAY) -> tuple[str, str | None, str | None] | None:
        """The code, field and rule by which the fact is refused; None where it is taken."""
        try:
            check(fact, day, self.book.office, self.record, PERSON)
        except Illegal as error:
            return error.code, error.field, error.rule
        return None


def moved(**more: Any) -> RegistrationChanged:
    return RegistrationChanged(**{"from_": town(A), "to": town(B), "ground": "moved", **more})


class TestTheRegistration:
    @pytest.mark.parametrize("to", [town(B), ABROAD, None])
    def test_is_moved_or_ended_by_the_place_that_gives_it_up(self, to):
        assert Book(A).refuses(moved(to=to)) is None

    @pytest.mark.parametrize("office", [B, D])
    def test_is_moved_by_no_other_office(self, office):
        assert Book(office).refuses(moved(to=town(office))) == ("not_keeper", "type", None)

    def test_moves_from_no_other_place_than_where_it_is(self):
        assert Book(A).refuses(moved(from_=town(D))) == ("not_keeper", "from", "registration.given_up")

    def test_is_not_gained_by_an_office_whose_book_tells_who_keeps_it(self):
        gained = moved(from_=None, to=town(D), ground="naturalised")
        assert Book(D).refuses(gained) == ("not_keeper", "from", "registration.kept")

    @pytest.mark.parametrize("office", [A, B, D])
    def test_is_never_gained_for_another_place(self, office):
        (other,) = {B, D} - {office} if office != A else {B}
        assert Book(office).refuses(moved(from_=None, to=town(other))) == ("not_keeper", "to", "registration.gained")

    @pytest.mark.parametrize("ended", [ABROAD, None])
    def test_that_has_ended_is_gained_by_the_place_that_gains_it(self, ended):
        book = Book(D)
        book.hears(A, moved(to=ended, ground="settled_abroad"), "update", "2026-04-01")
        assert book.refuses(moved(from_=None, to=town(D), ground="restored")) is None

    def test_at_a_place_outside_is_moved_on_by_whoever_stands_in_for_it(self):
        told = Told(A)
        told.own(Registered(basis="first_record", registration=OUTSIDE))
        check(moved(from_=OUTSIDE, to=town(A)), DAY, A, told.record, PERSON)


class TestADeparture:
    @pytest.mark.parametrize(("office", "named"), [(B, "main"), (D, "further"), (A, "main"), (A, "further")])
    def test_is_recorded_by_the_office_of_the_stay_and_by_the_keeper(self, office, named):
        book = Book(office)
        assert book.refuses(Departed(stay=getattr(book, named), destination=ABROAD)) is None

    @pytest.mark.parametrize(("office", "named"), [(D, "main"), (B, "further")])
    def test_ends_no_stay_of_another_office(self, office, named):
        book = Book(office)
        departure = Departed(stay=getattr(book, named), destination=ABROAD)
        assert book.refuses(departure) == ("no_such_stay", "stay", None)

    def test_from_no_stay_by_name_is_the_keepers_alone(self):
        # Without a name it ends the main stay, whosever that is.
        assert Book(A).refuses(Departed(destination=ABROAD)) is None
        assert Book(D).refuses(Departed(destination=ABROAD)) == ("no_such_stay", "stay", "stay.name_it")

    def test_lies_not_before_the_stay_and_ends_it_once(self):
        book = Book(B)
        departure = Departed(stay=book.main, destination=ABROAD)
        assert book.refuses(departure, "2026-02-28") == ("no_such_stay", "effective_on", "before_stay")
        book.own(departure, "2026-04-01")
        assert book.refuses(departure) == ("not_concerned", "type", None)


def test_a_person_is_not_kept_apart_from_itself():
    assert Book(A).refuses(KeptApart(other="another")) is None
    assert Book(A).refuses(KeptApart(other=PERSON)) == ("no_such_merge", "other", "already_merged")


class TestARequestForAChange:
    @pytest.mark.parametrize("asks", ["change", "registration"])
    def test_goes_to_the_keeper_that_the_asker_knows_of_and_to_nobody_else(self, asks):
        book = Book(B)
        assert book.refuses(RequestOpened(to=A, asks=asks)) is None
        assert book.refuses(RequestOpened(to=D, asks=asks)) == ("not_keeper", "to", "request.not_keeper")

    def test_goes_to_the_office_of_the_main_stay_where_all_that_is_wanted_is_its_own(self):
        assert Book(D).refuses(RequestOpened(to=B, asks="change", wanted={"phone": "1"})) is None
        both = RequestOpened(to=B, asks="change", wanted={"phone": "1", "name": "王大雨"})
        assert Book(D).refuses(both) == ("not_keeper", "to", "request.not_keeper")

    @pytest.mark.parametrize("asks", ["change", "registration"])
    def test_goes_to_nobody_from_whoever_may_record_it_itself(self, asks):
        itself = ("records_itself", "to", None)
        assert Book(A).refuses(RequestOpened(to=B, asks=asks, wanted={"name": "王大雨"})) == itself
        assert Book(A).refuses(RequestOpened(to=D, asks=asks)) == itself

    def test_comes_from_the_keeper_only_where_it_is_the_main_stay_s_to_record(self):
        phone = RequestOpened(to=B, asks="change", wanted={"phone": "1"})
        assert Book(A).refuses(phone) is None
        assert Book(B).refuses(msgspec.structs.replace(phone, to=A)) == ("records_itself", "to", None)


def test_whether_a_stay_goes_on_is_asked_of_its_office_and_of_nobody_else():
    book = Book(A)
    asks = RequestOpened(to=B, asks="stay", about=book.main)
    assert book.refuses(asks) is None
    assert book.refuses(msgspec.structs.replace(asks, to=D)) == ("no_such_stay", "to", "request.not_its_stay")
    entry = RequestOpened(to=B, asks="stay", about=next(iter(book.book.recorded)))
    assert Book(D).refuses(entry) == ("no_such_stay", "about", None)


class TestARequestForAnAmendment:
    def asks(self, book: Book, to: str, about: Ref | None) -> tuple[str, str | None, str | None] | None:
        return book.refuses(RequestOpened(to=to, asks="amendment", about=about))

    def test_goes_to_the_office_that_recorded_the_event_and_to_no_other(self):
        book = Book(A)
        assert self.asks(book, B, book.main) is None
        assert self.asks(book, D, book.main) == ("not_author", "to", "request.not_author")

    def test_names_an_event_that_the_office_holds(self):
        assert self.asks(Book(A), B, Ref(B, "01936b5e-7c40-7cc3-98c4-dc0c0c07398f")) == ("no_such_event", "about", None)

    def test_asks_for_nothing_that_was_taken_back_or_that_no_amendment_undoes(self):
        book = Book(A)
        book.hears(B, Retracted(target=book.main, ground="wrong_person"), "retraction", "2026-04-01")
        assert self.asks(book, B, book.main) == ("already_retracted", "about", None)
        merge = book.hears(B, Merged(other="P9", keeper=B), "update", "2026-04-02")
        assert self.asks(book, B, merge) == ("not_amendable", "about", None)


def test_no_correction_lets_an_office_ask_itself():
    book = Book(B)
    asked = book.own(RequestOpened(to=A, asks="change", wanted={"name": "甲"}), DAY)
    elsewhere = Corrected(target=asked, set={"to": D}, fields=("to",))
    assert book.refuses(elsewhere) == ("not_keeper", "set.to", "request.not_keeper")
    assert book.refuses(Corrected(target=asked, set={"to": B}, fields=("to",))) == ("not_a_party", "set.to", None)
    first = book.own(Corrected(target=asked, set={"note": "1"}, fields=("note",)), DAY)
    nested = Corrected(target=first, set={"set": {"to": B}}, fields=("set",))
    assert book.refuses(nested) == ("not_a_party", "set.set.to", None), "nor does one of a correction"
