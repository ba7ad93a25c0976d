"""What may be said of the other person of a tie, and where ties may be stated."""

from typing import Any

import pytest

from events.errors import Malformed
from exchange.commands.wellformed import wellformed
from tests.unit.test_wellformed import EVENT, NUMBER, TODAY, arrival


def tied(other: dict[str, Any]) -> dict[str, Any]:
    content = {"tie": "spouse", "ground": "marriage", "other": other}
    return wellformed("tie.began", "2026-03-01", content, TODAY)


def test_the_other_person_of_a_tie_comes_back_in_one_spelling():
    stated = {"name": " 周文 ", "document.resident": NUMBER}
    found = tied({"at": "420115001", "stated": stated})["other"]
    assert found == {"at": "420115001000", "stated": {"name": "周文", "document.resident": {"number": NUMBER}}}
    ties = [{"tie": "child", "other": {"stated": {"name": " 小文 "}}}]
    assert arrival(stated={"ties": ties})["stated"] == {
        "ties": [{"tie": "child", "other": {"stated": {"name": "小文"}}}]
    }


@pytest.mark.parametrize(
    ("other", "field", "rule"),
    [
        ({}, "other", "tie.other"),
        ({"at": "420115001000"}, "other", "tie.other"),
        ({"person": EVENT, "stated": {"name": "周文"}}, "other", "tie.other"),
        ({"at": "420115000000", "stated": {"name": "周文"}}, "other.at", "place.not_town"),
        ({"stated": {"born_on": "2026-03-02"}}, "other.stated.born_on", "born.after_event"),
        ({"stated": {"shoe": "40"}}, "other.stated.shoe", "particular.unknown"),
    ],
)
def test_what_cannot_be_said_of_the_other_person_of_a_tie(other, field, rule):
    with pytest.raises(Malformed) as refused:
        tied(other)
    assert (refused.value.field, refused.value.rule) == (field, rule)


def test_ties_stand_only_where_somebody_states_them():
    with pytest.raises(Malformed) as refused:
        wellformed("person.changed", "2026-03-01", {"set": {"ties": []}}, TODAY)
    assert refused.value.rule == "particular.unknown"
    with pytest.raises(Malformed) as refused:
        arrival(stated={"ties": [{"tie": "cousin", "other": {"stated": {"name": "周文"}}}]})
    assert (refused.value.field, refused.value.rule) == ("stated.ties.0.tie", "schema.choice")
