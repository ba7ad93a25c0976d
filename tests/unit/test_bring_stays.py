"""What says only something of a stay is told with the stay, or its reader waits for one that never comes (T5)."""

from typing import Any

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Extended, MainChanged, MovedWithin
from events.catalogue.values import town
from events.envelope import Ref
from exchange.protocol.book import Book, Delivery
from exchange.protocol.duties import duties, new_deliveries
from exchange.protocol.life.causes import Cause
from exchange.protocol.telling.due import Due, Sight
from exchange.protocol.view import view
from tests.unit.test_sheet import A, B, D, Told

STAY = Ref(B, "e1")


@pytest.mark.parametrize(
    "said",
    [Extended(stay=STAY, stay_until="2027-01-01"), MovedWithin(stay=STAY, address="2 Lane"), MainChanged(stay=STAY)],
    ids=lambda fact: fact.type,
)
def test_who_hears_something_of_a_stay_that_was_taken_back_hears_of_the_stay(said: Fact) -> None:
    """D lived with the person when nobody was known to keep the registration, so that B tells it what B recorded."""
    told = Told(B)
    assert told.own(Arrived(kind="main", registration=town(A), address="1 Lane")) == STAY
    told.own(said, "2026-01-05")
    taken_back = told.own(Retracted(target=STAY))
    arrived = told.hears(D, Arrived(kind="further", registration=town(A), address="1 Lane"), None)
    sight = Sight(told.book, told.record)
    made = new_deliveries(sight, duties(sight))
    assert {STAY, taken_back} <= {delivery.ref for delivery in made if delivery.to == D}
    heard = Book(D, told.book.offices)
    heard.record(told.book.event(arrived))
    for delivery in made:
        if delivery.to == D:
            heard.receive(delivery, told.book.event(delivery.ref))
    [record] = view(heard)
    assert record.incomplete == ()


def test_a_stay_that_was_told_before_is_not_due_anew() -> None:
    """Or an office told in error of a stay would keep its parts for what was said of it."""
    told = Told(B)
    told.own(Arrived(kind="main", registration=town(A), address="1 Lane"))
    extended = told.own(Extended(stay=STAY, stay_until="2027-01-01"), "2026-01-05")
    told.own(Retracted(target=STAY))
    told.hears(D, Arrived(kind="further", registration=town(A), address="1 Lane"), None)
    told.book.tell(Delivery(ref=STAY, teller=B, to=D, parts=frozenset(), ground="named"))
    owed = duties(Sight(told.book, told.record))
    assert (extended, D) in owed
    assert owed[STAY, D].ground == "told"


def test_who_was_told_what_was_said_before_the_teller_had_heard_of_the_stay_hears_of_it_then() -> None:
    """What another node tells comes in any order; once the stay is heard of, nothing may be due there any more."""
    told = Told(D)
    told.own(Arrived(kind="main", registration=town(A), address="1 Lane"))
    changed = told.hears(B, MainChanged(stay=Ref(B, "e3")), A)
    told.book.tell(Delivery(ref=changed, teller=D, to=A, parts=frozenset(), ground="no_chain"))
    stay = told.hears(B, Arrived(kind="main", registration=town(D), address="2 Lane"), A)
    owed = duties(Sight(told.book, told.record), {})
    assert owed[stay, A].ground == "stay_of_change"


class TestWhatIsDueOfAStay:
    """D tells A that B's stay lasts longer, on whatever ground."""

    @pytest.fixture
    def told(self) -> Told:
        told = Told(D)
        assert told.hears(B, Arrived(kind="main", registration=town(A), address="1 Lane"), None) == STAY
        return told

    def owed(self, told: Told, *dues: Due) -> dict[tuple[Ref, str], Due]:
        return duties(Sight(told.book, told.record), {}, dues)

    def extended(self, told: Told, **more: Any) -> Due:
        ref = told.hears(B, Extended(stay=STAY, stay_until="2027-01-01"), None, "2026-01-05")
        return Due(ref=ref, to=A, ground="test", **more)

    def test_comes_with_the_stay_by_the_same_act(self, told):
        extended = self.extended(told)
        assert self.owed(told, extended)[STAY, A].trigger == extended.ref

    def test_comes_with_the_stay_because_of_what_makes_it_due(self, told):
        moved = told.hears(A, Arrived(kind="further", registration=town(A)), None, "2026-02-01")
        assert self.owed(told, self.extended(told, trigger=moved))[STAY, A].trigger == moved

    def test_comes_with_the_stay_because_of_what_happened_to_somebody_tied_to_the_person(self, told):
        cause = Cause(ref=Ref(A, "elsewhere"), day="2026-01-01", stamp=9, author=A, act="act")
        assert self.owed(told, self.extended(told, by=cause))[STAY, A].by == cause

    def test_leaves_the_stay_as_it_is_due_for_another_reason(self, told):
        stay = Due(ref=STAY, to=A, ground="hand_over")
        assert self.owed(told, stay, self.extended(told))[STAY, A] == stay

    def test_comes_alone_where_the_teller_never_heard_of_the_stay(self, told):
        other = told.hears(B, Extended(stay=Ref(B, "e99"), stay_until="2027-01-01"), None, "2026-01-05")
        due = Due(ref=other, to=A, ground="test")
        assert self.owed(told, due) == {(other, A): due}
