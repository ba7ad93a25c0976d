"""The town that is told to expect somebody is told whom: when that is recorded, or corrected to be so."""

import pytest

from exchange.reconcile import checks
from tests.integration.towns import DONGHUAMEN, ZHIFANG, town, woman

ABROAD = {"kind": "abroad", "country": "FR"}


@pytest.mark.parametrize("leaves", ["movement.departed", "movement.left"])
def test_a_correction_that_names_a_town_at_last_names_the_person_to_it_too(node, home, new_home, leaves):
    person = home.registers(woman(2)).person
    basis = {"basis": "own_word"} if leaves == "movement.left" else {}
    gone = home.records(leaves, "2026-03-01", {"destination": ABROAD, **basis}, person)
    correction = home.item(
        "event.corrected",
        "2026-03-02",
        {"target": f"{ZHIFANG}/{gone.id}", "set": {"destination": town(DONGHUAMEN)}},
        person,
        id="01950000-0000-7000-8000-000000000001",
    )
    (first,) = home.tries(correction)
    assert first.status == "recorded"
    recognised = {field: value for field, value in woman(2).items() if field != "sex"}
    assert new_home.sheet(person)["particulars"] == recognised
    (again,) = home.tries(correction)  # says less than what was filled in the first time
    assert (again.error, again.status) == (None, "repeated")
    assert checks(node).differences == ()
