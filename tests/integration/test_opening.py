"""An arrival opens a dossier where the author's book knows of nobody who keeps the person, whatever else it holds."""

import pytest

from exchange.reconcile import checks
from tests.integration.towns import DONGHUAMEN, ZHIFANG, town, woman

OUTSIDE = "310101002000"


@pytest.mark.parametrize(
    ("type_", "content"),
    [
        ("enquiry.opened", {"to": DONGHUAMEN, "purpose": "residence", "fields": ["name"]}),
        ("movement.departed", {"destination": town(DONGHUAMEN)}),
    ],
)
def test_who_was_only_asked_finds_the_others_who_opened_it(node, home, new_home, type_, content):
    """Home is registered nowhere in the exchange: without a match neither would ever hear of the other."""
    person = home.sees_arrive(woman(2), ZHIFANG).person
    home.records(type_, "2026-03-01", content, person)
    assert new_home.sees_arrive(woman(2), OUTSIDE, "2026-03-02").person == person
    assert new_home.sheet(person)["keeper"] == ZHIFANG
    assert {office.sheet(person)["lives_at"]["code"] for office in (home, new_home)} == {DONGHUAMEN}
    assert checks(node).differences == ()
