"""Of two grounds on which an office is told of one event the one counts from which more follows, where both asked."""

from __future__ import annotations

import pytest

from events.catalogue.movement import Arrived
from events.catalogue.values import town
from exchange.protocol.book import Book, Delivery, Question
from exchange.protocol.duties import new_deliveries
from exchange.protocol.life.kinship import GROUND as FAMILY
from exchange.protocol.offices import Offices
from exchange.protocol.questions.cases import MATCH, ONE_DOCUMENT
from exchange.protocol.telling.due import Due, Sight
from exchange.protocol.view import view
from tests.unit.made_up import event

A, B = "110101001000", "110101002000"


@pytest.mark.parametrize(
    ("before", "asked", "due", "asks", "counts"),
    [
        (ONE_DOCUMENT, True, "hand_over", False, ONE_DOCUMENT),  # the question ends with the document still
        (MATCH, True, "chain", False, MATCH),  # and stays hidden from the teller
        (ONE_DOCUMENT, True, "named", True, "named"),  # who is named now is asked whatever becomes of the document
        ("named", True, ONE_DOCUMENT, True, "named"),  # and was
        ("chain", False, ONE_DOCUMENT, True, ONE_DOCUMENT),  # what was told asked nothing
        ("chain", False, FAMILY, False, FAMILY),  # parts for the family's sake, taken back with the tie
        ("named", True, "keeper", False, "keeper"),  # nothing follows from either
    ],
)
def test_on_what_ground_an_office_is_told_again(before, asked, due, asks, counts):
    arrival = event(Arrived(kind="main", registration=town(A), address="street"), B, "P", 1)
    book = Book(B, Offices(["110101000000"]))
    book.record(arrival)
    question = (Question("inflow", "2026-02-01"),) if asked else ()
    book.tell(Delivery(ref=arrival.ref, teller=B, to=A, parts=frozenset({"identity"}), ground=before, asked=question))
    [record] = view(book)
    more = Due(
        ref=arrival.ref, to=A, ground=due, parts=frozenset({"address"}), kind="inflow" if asks else None, asks=asks
    )
    [again] = new_deliveries(Sight(book, record), {(arrival.ref, A): more})
    assert (again.ground, again.revision) == (counts, 2)
