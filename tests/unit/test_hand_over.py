"""Who hands a dossier over to its keeper of today: every office that was ever named in the chain (DESIGN.md)."""

import pytest

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.fact import Fact
from events.catalogue.movement import Arrived, Returned
from events.catalogue.person import Changed, Registered
from events.catalogue.values import town
from events.envelope import Ref
from exchange.protocol.telling.due import Sight
from exchange.protocol.telling.threads import hand_over
from tests.unit.test_sheet import A, B, D, Told


def registered(at: str) -> Registered:
    return Registered(basis="first_record", registration=town(at), particulars={"name": "王小雨"})


def taken_back(link: Ref) -> Fact:
    return Retracted(target=link)


def corrected(link: Ref) -> Fact:
    return Corrected(target=link, set={"registration": {"kind": "town", "code": A}}, fields=("registration",))


@pytest.fixture
def there():
    """B, which heard that A registered the person."""
    told = Told(B)
    told.hears(A, registered(A), None)
    return told


@pytest.mark.parametrize("amendment", [taken_back, corrected])
def test_what_an_office_recorded_as_keeper_goes_to_the_keeper_after_it(there, amendment):
    link = there.hears(D, registered(B), "registration")
    changed = there.own(Changed(set={"name": "王小雪"}), "2026-01-11")
    assert there.record.keeper == B
    there.hears(D, amendment(link), "retraction")
    assert there.record.keeper == A
    assert (changed, A) in {(due.ref, due.to) for due in hand_over(Sight(there.book, there.record))}


@pytest.mark.parametrize("amendment", [taken_back, corrected])
def test_but_not_that_somebody_is_back_where_the_registration_never_was(there, amendment):
    """It is false with what had made the office keeper; whoever lives there has arrived, which is asked about."""
    link = there.hears(D, registered(B), "registration")
    returned = there.own(Returned(address="home", origin=None), "2026-01-11")
    there.hears(D, amendment(link), "retraction")
    assert there.record.facts[returned].void
    assert returned not in {due.ref for due in hand_over(Sight(there.book, there.record))}


def test_an_office_that_was_never_named_hands_nothing_over(there):
    assert list(hand_over(Sight(there.book, there.record))) == []


def test_what_an_office_recorded_as_keeper_by_an_arrival_goes_to_the_keeper_by_the_chain():
    told = Told(B)
    arrival = told.hears(D, Arrived(kind="main", registration=town(B)), "inflow")
    returned = told.own(Returned(address="home", origin=None), "2026-01-11")
    told.hears(D, taken_back(arrival), "retraction")
    told.hears(A, registered(A), None)
    assert told.record.keeper == A
    assert (returned, A) in {(due.ref, due.to) for due in hand_over(Sight(told.book, told.record))}
