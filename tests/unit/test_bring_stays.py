"""What says only something of a stay is told with the stay, or its reader waits for one that never comes (T5)."""

import pytest

from events.catalogue.amendment import Retracted
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Extended, MainChanged, MovedWithin
from events.catalogue.values import town
from events.envelope import Ref
from exchange.protocol.book import Book, Delivery
from exchange.protocol.duties import duties, new_deliveries
from exchange.protocol.telling.due import Sight
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
