"""What a record lacks: amendments whose target the office does not hold, each in the record of its own person."""

from events.catalogue.amendment import Corrected
from events.catalogue.person import Registered
from events.catalogue.values import town
from events.envelope import Ref
from exchange.protocol.book import Book, Delivery
from exchange.protocol.offices import Offices
from exchange.protocol.view import view
from tests.unit.made_up import event

A, B = "420115001000", "110101001000"


def test_an_amendment_of_what_is_not_here_is_missing_its_target_in_the_record_of_its_person_alone():
    book = Book(A, Offices([A, B]))
    for stamp, person in enumerate(("p1", "p2"), 1):
        book.record(event(Registered(basis="first_record", registration=town(A)), A, person, stamp))
    correction = Corrected(target=Ref(B, "e99"), set={"address": "1 Lane"}, fields=("address",))
    early = event(correction, B, "p2", 3)
    book.receive(Delivery(ref=early.ref, teller=B, to=A, parts=frozenset(), ground="keeper"), early)
    assert {record.person: record.incomplete for record in view(book)} == {"p1": (), "p2": (early.ref,)}
