"""A departure that only the keeper may record is told with what named its author as keeper, where that was an error."""

from __future__ import annotations

import pytest

from events.catalogue.amendment import Corrected
from events.catalogue.movement import Arrived, Departed
from events.catalogue.person import Registered
from events.catalogue.values import town
from events.envelope import Ref
from exchange.protocol.book import Delivery
from exchange.protocol.duties import duties
from exchange.protocol.telling.due import Due, Sight
from tests.unit.test_sheet import A, B, D, Told

ELSEWHERE = "420106001000"


class Announced(Told):
    """A, whom B's entry named as keeper, announced somebody to D; B corrected its entry since."""

    def __init__(self) -> None:
        super().__init__(A)
        self.entry = self.hears(B, Registered(basis="first_record", registration=town(A)), "registration")
        self.departure = self.own(Departed(destination=town(D)), "2026-02-01")

    def mended(self) -> Ref:
        place = {"registration": {"kind": "town", "code": ELSEWHERE}}
        return self.hears(B, Corrected(target=self.entry, set=place), None, "2026-03-01")

    def owed(self, *dues: Due) -> dict[tuple[Ref, str], Due]:
        return duties(Sight(self.book, self.record), {}, dues)

    @property
    def due(self) -> Due:
        return Due(ref=self.departure, to=D, ground="named")

    def tell(self, ref: Ref) -> None:
        self.book.tell(Delivery(ref=ref, teller=A, to=D, parts=frozenset(), ground="named"))


@pytest.fixture
def announced() -> Announced:
    return Announced()


def test_the_entry_comes_by_the_act_of_the_departure_with_its_correction(announced):
    mended = announced.mended()
    owed = announced.owed(announced.due)
    assert (owed[announced.entry, D].ground, owed[announced.entry, D].trigger) == (
        "keeper_of_departure",
        announced.departure,
    )
    assert (mended, D) in owed


def test_also_where_the_departure_was_told_before_and_is_due_no_more(announced):
    announced.tell(announced.departure)
    announced.mended()
    assert announced.owed()[announced.entry, D].trigger == announced.departure


def test_not_where_nothing_of_it_was_an_error(announced):
    """Who keeps the person is not every town's to know."""
    assert announced.owed(announced.due).keys() == {(announced.departure, D)}


def test_not_anew_where_it_was_told_before(announced):
    announced.tell(announced.entry)
    announced.mended()
    assert announced.owed(announced.due)[announced.entry, D].ground == "told"


def test_as_it_is_due_for_another_reason(announced):
    announced.mended()
    entry = Due(ref=announced.entry, to=D, ground="hand_over")
    assert announced.owed(announced.due, entry)[announced.entry, D] == entry


def test_an_arrival_that_named_the_author_is_told_to_nobody_for_it():
    announced = Announced()
    arrival = announced.hears(B, Arrived(kind="main", registration=town(A)), "inflow", "2026-01-15")
    announced.mended()
    assert (arrival, D) not in announced.owed(announced.due)
