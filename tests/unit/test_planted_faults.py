"""A relay that is blocked for show keeps back one new address, and lets everything else be due."""

from events.catalogue.movement import Arrived, MovedWithin
from events.catalogue.values import town
from exchange.demo.faults import silent
from exchange.protocol.book import Book, Delivery
from exchange.protocol.duties import RULES
from exchange.protocol.offices import Offices
from exchange.protocol.telling.due import Sight
from exchange.protocol.view import view
from tests.unit.made_up import event
from tests.unit.test_corrected_away import HOME, NEW, OTHER


def due(book: Book) -> tuple[set[tuple[str, str]], set[tuple[str, str]]]:
    """What is due to whom by all rules, and what by these where a new address is kept back."""
    [record] = view(book)
    sight = Sight(book, record)
    whole = {(each.ref.id, each.to) for rule in RULES.values() for each in rule(sight)}
    return whole, {(each.ref.id, each.to) for rule in RULES.values() for each in silent(rule)(sight)}


def test_what_the_office_asks_whoever_was_left_stays_due_or_it_would_withdraw_that():
    arrival = event(Arrived(kind="main", registration=town(HOME), origin=town(OTHER)), NEW, "P", 1)
    moved = event(MovedWithin(stay=arrival.ref, address="和平路8号3幢201室"), NEW, "P", 2)
    book = Book(NEW, Offices(["110000000000"]))
    book.record(arrival)
    book.record(moved)
    whole, kept_back = due(book)
    assert {(arrival.ref.id, HOME), (arrival.ref.id, OTHER), (moved.ref.id, HOME)} <= whole
    assert whole - kept_back == {each for each in whole if each[0] == moved.ref.id}
    book.tell(Delivery(ref=moved.ref, teller=NEW, to=HOME, parts=frozenset(), ground="keeper"))
    whole, kept_back = due(book)
    assert whole - kept_back == {each for each in whole if each[0] == moved.ref.id and each[1] != HOME}, (
        "who was told before would have it withdrawn"
    )
