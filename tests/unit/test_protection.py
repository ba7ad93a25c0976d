"""How long a person is protected (catalogue: in force for all as soon as one office says so, until a day or lifted)."""

from __future__ import annotations

from msgspec.structs import replace

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.fact import Fact
from events.catalogue.person import Protected, Registered, Unprotected
from events.catalogue.values import town
from events.envelope import SYSTEM_ACTOR, Ref
from exchange.protocol.book import Book, Delivery
from exchange.protocol.offices import Offices
from exchange.protocol.view import view
from tests.unit.made_up import event

A, B = "420115001000", "110101001000"
UNTIL = Protected(ground="threat", until="2026-03-01")


class Held:
    """A's book of somebody whom it keeps; what is said by B is told to it."""

    def __init__(self) -> None:
        self.book = Book(A, Offices([A, B]))
        self.stamp = 0
        self.says(Registered(basis="first_record", registration=town(A)))

    def says(self, fact: Fact, by: str = A, day: str = "2026-01-01") -> Ref:
        self.stamp += 1
        return self._holds(fact, by, day, None)

    def lapses(self, protection: Ref, day: str = "2026-03-02") -> Ref:
        """The exchange lifts it since its last day went by."""
        self.stamp += 1
        return self._holds(Unprotected(ground="lapsed"), A, day, protection)

    def _holds(self, fact: Fact, by: str, day: str, because: Ref | None) -> Ref:
        said = event(fact, by, "p1", self.stamp, day=day)
        if because is not None:
            said = replace(said, frame=replace(said.frame, actor=SYSTEM_ACTOR, because=because))
        if by == A:
            self.book.record(said)
        else:
            self.book.receive(Delivery(ref=said.ref, teller=by, to=A, parts=frozenset(), ground="keeper"), said)
        return said.ref

    @property
    def protected(self) -> Ref | None:
        [record] = view(self.book)
        return record.protected


def test_it_ends_once_its_last_day_went_by():
    held = Held()
    protection = held.says(UNTIL)
    assert held.protected == protection
    held.lapses(protection)
    assert held.protected is None


def test_that_one_went_by_ends_no_other_whichever_was_said_first():
    """By its last day an office speaks of its own protection alone."""
    for endless in (0, 1):
        held = Held()
        said = [held.says(Protected(ground="threat") if at == endless else UNTIL, by=(A, B)[at]) for at in (0, 1)]
        held.lapses(said[1 - endless])
        assert held.protected == said[endless]


def test_it_goes_on_where_its_last_day_was_corrected_to_a_later_one():
    held = Held()
    protection = held.says(UNTIL)
    held.lapses(protection)
    longer = held.says(Corrected(target=protection, set={"until": "2026-09-01"}, fields=("until",)))
    assert held.protected == protection
    held.says(Retracted(target=longer))
    assert held.protected is None


def test_and_where_it_has_none_any_more():
    held = Held()
    protection = held.says(UNTIL)
    held.lapses(protection)
    held.says(Corrected(target=protection, set={"until": None}, fields=("until",)))
    assert held.protected == protection


def test_its_last_day_is_a_day_of_it():
    held = Held()
    protection = held.says(Protected(ground="threat", until="2026-03-02"))
    held.lapses(protection)
    assert held.protected == protection


def test_whoever_lifts_it_lifts_every_one_until_another_is_said():
    held = Held()
    for by in (A, B):
        held.says(Protected(ground="threat"), by=by)
    held.says(Unprotected(ground="threat_over"), by=B)
    assert held.protected is None
    again = held.says(UNTIL)
    assert held.protected == again
