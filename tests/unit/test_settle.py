"""Settling a dossier: who is asked what it records and tells, who is not asked again, and what is read for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from events.catalogue.case import EnquiryAnswered, EnquiryOpened
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan
from events.catalogue.movement import Arrived, Extended
from events.catalogue.person import Protected, Registered
from events.catalogue.values import CaseRef, Other, StayName, town
from events.envelope import Ref
from exchange.protocol import duties as owing
from exchange.protocol import settle as settling
from exchange.protocol.book import Book
from exchange.protocol.life.kinship import Kin
from exchange.protocol.record import Record
from exchange.protocol.settle import settle
from exchange.protocol.telling.due import Sight
from tests.properties.world import OFFICES, World

HOME, NEW, OTHER, THIRD = OFFICES[:4]


class Counted(World):
    """A node that notes what is read of which office's book."""

    def __init__(self) -> None:
        super().__init__(1, skew=False)
        self.viewed: list[str] = []
        self.kin_of: list[tuple[str, str]] = []
        self.sheltered_of: list[tuple[str, str]] = []
        self.decided: list[tuple[str, str]] = []

    def says(self, office: str, fact: Fact, person: str = "P1", day: str = "2026-03-02", *touches: str) -> Ref:
        said = self.author(office, person, day, fact, touches=touches)
        self.command(said)
        return said.ref

    def view(self, book: Book) -> tuple[Record, ...]:
        self.viewed.append(book.office)
        return super().view(book)

    def kin(self, office: str, record: Record) -> Mapping[str, Kin]:
        self.kin_of.append((office, record.person))
        return super().kin(office, record)

    def sheltered(self, office: str, record: Record) -> frozenset[Ref]:
        self.sheltered_of.append((office, record.person))
        return super().sheltered(office, record)

    def forget(self) -> None:
        for noted in (self.viewed, self.kin_of, self.sheltered_of, self.decided):
            noted.clear()

    def told(self, ref: Ref) -> set[str]:
        return {delivery.to for delivery in self.said if delivery.ref == ref}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Counted:
    world = Counted()
    duties = owing.duties

    def noted(sight: Sight, *more: Any) -> Any:
        world.decided.append((sight.me, sight.record.person))
        return duties(sight, *more)

    monkeypatch.setattr(settling, "duties", noted)
    return world


def entered(**more: Any) -> Registered:
    return Registered(**{"basis": "first_record", "registration": town(HOME), "particulars": {"name": "甲"}, **more})


def arrived(**more: Any) -> Arrived:
    return Arrived(**{"kind": "main", "registration": town(HOME), "stated": {"name": "甲"}, **more})


class TestWhoIsAskedAgain:
    """Nothing that nobody's book says otherwise is decided twice: a settlement costs what is new."""

    def test_is_nobody_to_whose_book_nothing_came(self, world):
        world.says(HOME, entered())
        world.says(NEW, arrived())
        world.drain()
        world.forget()
        world.drain()
        assert world.decided == []
        assert sorted(world.viewed) == [HOME, NEW]  # once each, for what the settlement hands back

    def test_is_everybody_where_nothing_is_kept_from_one_settlement_to_the_next(self, world):
        world.says(HOME, entered())
        world.drain()
        world.forget()
        done = settle(world, dict(world.books))
        assert ({office for office, _ in world.decided}, done.deliveries) == ({HOME}, [])

    def test_is_who_has_another_book_by_now_however_much_came_into_it(self, world):
        """As after a rebuild: what was found of the one says nothing of the other."""
        world.says(HOME, entered())
        world.drain()
        before = world.books.pop(HOME)
        world.says(HOME, entered(registration=town(NEW)))
        assert world.books[HOME].changes == before.changes
        world.views.clear()
        world.drain()
        assert {delivery.to for delivery in world.said} == {NEW}

    def test_is_who_was_told_nothing_while_others_were_matched_with_it(self, world):
        """Nothing comes into the book of whoever opened the dossier later; what it has to tell is another."""
        first = world.says(NEW, arrived(registration=None, opens=True))
        world.drain()
        assert world.told(first) == set()
        world.says(OTHER, arrived(registration=None, opens=True), day="2026-04-02")
        world.drain()
        assert world.told(first) == {OTHER}

    def test_is_of_two_persons_in_a_book_only_the_one_of_whom_something_is_new(self, world):
        stays = [world.says(NEW, arrived(registration=None, opens=True), person) for person in ("P1", "P2")]
        world.drain()
        world.forget()
        world.says(NEW, Extended(stay=stays[0], stay_until="2027-01-01"))
        world.drain()
        assert world.decided == [(NEW, "P1")]

    def test_is_no_record_of_a_single_person_read_once_more_than_that_is_decided(self, world):
        world.says(NEW, arrived(registration=None, opens=True))
        world.drain()
        assert len(world.viewed) == 2  # to decide, and for what the settlement hands back

    def test_is_who_told_a_stay_that_had_ended_by_then_so_that_its_end_is_told_with_it(self, world):
        """Whoever was told a stay is told what ended it: by what the office just told, something more is due."""
        end = world.says(HOME, arrived(registration=None, ends=(StayName(town=THIRD),), opens=True), day="2026-01-21")
        world.says(THIRD, arrived(), day="2026-01-11")
        world.drain()
        world.says(OTHER, arrived(kind="further", registration=town("110102001000"), opens=True), day="2026-01-01")
        world.drain()
        assert THIRD in {each.teller for each in world.said if (each.ref, each.to) == (end, OTHER)}


class TestWhatIsReadBesideARecord:
    def test_is_nothing_of_others_where_nobody_is_tied_to_the_person(self, world):
        world.says(HOME, entered())
        world.drain()
        assert (world.kin_of, world.sheltered_of) == ([], [])

    def test_is_what_the_book_says_of_those_tied_to_the_person(self, world):
        world.says(HOME, entered())
        world.says(HOME, TieBegan(tie="child", other=Other(person="P2"), ground="birth"))
        world.drain()
        assert {person for _, person in world.kin_of} == {"P1"}

    def test_is_who_is_protected_of_whom_an_answer_tells(self, world):
        """The office tells the address no more in the dossier of the enquiry, though nothing came into that."""
        world.says(HOME, entered())
        asked = EnquiryOpened(to=HOME, purpose="residence", consent=True, given={"name": "甲"}, fields=("address",))
        case = CaseRef(world.says(NEW, asked, "Q1"), HOME, "enquiry")
        world.drain()
        fact = EnquiryAnswered(case=case, held=True, facts={"address": "1 Lane"})
        answer = world.says(HOME, fact, "Q1", "2026-03-03", "P1")
        world.drain()
        assert "address" in world.books[NEW].parts(answer)
        world.says(HOME, Protected(ground="threat"))
        world.drain()
        assert "address" not in world.books[NEW].parts(answer)
        assert {person for _, person in world.sheltered_of} == {"Q1"}
