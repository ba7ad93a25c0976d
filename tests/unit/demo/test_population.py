"""The people of the demo: valid, distinct, and the same for the same seed."""

from datetime import date

import pytest

from events import codes, documents
from exchange.demo.population import population
from exchange.demo.towns import CODES, PROVINCES, TOWNS
from exchange.jurisdictions.codes import Level, level
from exchange.jurisdictions.lookup import divisions

TODAY = date(2026, 11, 24)
PEOPLE = population(400, 7, TODAY)


def test_the_same_seed_makes_the_same_people():
    assert population(400, 7, TODAY) == PEOPLE


def test_another_seed_makes_others():
    assert {p.number for p in population(400, 8, TODAY)}.isdisjoint({p.number for p in PEOPLE})


def test_nobody_shares_a_number():
    assert len({p.number for p in PEOPLE}) == len(PEOPLE)


@pytest.mark.parametrize("person", PEOPLE[:60], ids=lambda person: person.handle)
def test_a_number_says_what_is_said_of_the_person(person):
    parsed = documents.parse("resident", person.number, field="number", as_of=TODAY.isoformat())
    assert (parsed.born_on, parsed.sex, parsed.warnings) == (person.born_on, person.sex, ())
    assert divisions().get(parsed.division or "") is not None


def test_every_code_is_one_of_its_list():
    for person in PEOPLE:
        held = person.particulars()
        for field in ("sex", "ethnic_group", "marital_status", "education"):
            assert codes.check(field, held[field], field) == held[field]


def test_there_are_people_of_every_age():
    ages = [person.age(TODAY) for person in PEOPLE]
    assert min(ages) < 6
    assert max(ages) > 70


def test_the_towns_are_twenty_real_ones_in_three_provinces():
    assert len(set(CODES)) == 20
    assert len(PROVINCES) == 3
    for town in TOWNS:
        found = divisions().get(town.code)
        assert found is not None
        assert (found.name, level(town.code)) == (town.name, Level.TOWN)
