"""Where a person is registered while nobody has said so by a registration (DESIGN.md section 2, decision 0031)."""

import pytest

from events.catalogue.movement import Arrived
from events.catalogue.person import Registered
from events.catalogue.values import town
from tests.unit.test_sheet import A, B, D, Told


@pytest.fixture
def there():
    """B, which heard from D that the person is registered at A."""
    told = Told(B)
    told.hears(D, Arrived(kind="main", registration=town(A), opens=True), "inflow")
    return told


def test_an_arrival_that_states_no_registration_takes_nothing_away(there):
    there.own(Arrived(kind="main", registration=None), "2026-01-11")
    assert (there.record.registration, there.record.keeper) == (town(A), A)


def test_a_later_arrival_that_states_another_is_taken_at_its_word(there):
    there.own(Arrived(kind="main", registration=town(B)), "2026-01-11")
    assert (there.record.registration, there.record.keeper) == (town(B), B)


def test_a_registration_counts_before_all_that_arrivals_state(there):
    there.hears(D, Registered(basis="first_record", registration=town(D), particulars={"name": "王小雨"}), None)
    there.own(Arrived(kind="main", registration=town(B)), "2026-01-11")
    assert (there.record.registration, there.record.keeper) == (town(D), D)
