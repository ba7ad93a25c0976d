"""Letters become distinct towns, and the people of a story fit together."""

from dataclasses import replace
from random import Random
from typing import Any

import pytest

from events import documents
from exchange.demo.towns import CODES
from exchange.jurisdictions import codes
from exchange.scenarios.api import CannotTry
from exchange.scenarios.binding import Binding, bind, bind_standing
from exchange.scenarios.document import ScenarioInvalid
from exchange.scenarios.model import Office, Person
from exchange.scenarios.reading import parse
from tests.scenarios.stories import SMALL

STORY = parse(SMALL, "small")


def bound(seed: int = 1, given: dict[str, str] | None = None, **changes: Any) -> Binding:
    return bind(replace(STORY, **changes), CODES, Random(seed), given or {})


def test_letters_are_distinct_towns_with_a_key_and_a_stranger_is_none_of_them():
    found = bound()
    towns = {*found.offices.values(), found.stranger}
    assert len(towns) == 3
    assert towns <= set(CODES)


def test_the_same_seed_gives_the_same_story_and_another_seed_other_people():
    assert bound(1) == bound(1)
    assert bound(1).persons != bound(2).persons


def test_an_office_may_be_chosen():
    assert bound(given={"A": CODES[0]}).offices["A"] == CODES[0]


def test_one_town_cannot_be_two_letters():
    with pytest.raises(ScenarioInvalid, match=r"scenario\.no_town"):
        bound(given={"A": CODES[0], "B": CODES[0]})


def test_a_town_inside_a_county_of_the_story_lies_in_it():
    offices = {"P": Office("P", level="county"), "A": Office("A", inside="P"), "B": Office("B")}
    found = bound(offices=offices).offices
    assert codes.is_within(found["A"], found["P"])


AREAS = {
    "S": Office("S", level="province"),
    "P": Office("P", level="county", inside="S"),
    "A": Office("A", inside="P"),
    "B": Office("B", inside="P"),
}


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("given", [{}, {"A": CODES[-1]}, {"P": "420921000000"}, {"S": "440000000000"}])
def test_areas_lie_in_each_other_as_the_story_says_whoever_was_chosen(seed, given):
    found = bound(seed, given, offices=AREAS).offices
    assert codes.is_within(found["P"], found["S"])
    assert all(codes.is_within(found[letter], found["P"]) for letter in "AB")
    assert given.items() <= found.items()


def test_an_area_has_room_for_all_that_lie_in_it():
    towns = {f"A{at}": Office(f"A{at}", inside="P") for at in range(6)}  # two of the counties have four towns
    for seed in range(5):
        found = bound(seed, offices={"P": Office("P", level="county"), **towns}).offices
        assert len({found[letter][:6] for letter in towns}) == 1


def test_offices_chosen_against_the_story_are_named():
    with pytest.raises(ScenarioInvalid, match=r"scenario\.office_inside"):
        bound(given={"A": CODES[-1], "P": "420921000000"}, offices=AREAS)


def test_an_office_outside_lies_in_no_province_of_the_node():
    offices = {"A": Office("A"), "O": Office("O", outside=True)}
    assert bound(offices=offices).offices["O"][:2] not in {code[:2] for code in CODES}


@pytest.mark.parametrize("kind", ["resident", "passport", "permit"])
@pytest.mark.parametrize("seed", range(5))
def test_a_made_up_document_is_valid_and_fits_the_person(kind, seed):
    person = Person("P1", sex="F", born_on="1988-05", document=kind)
    human = bound(seed, persons={"P1": person}).persons["P1"]
    assert human.document is not None
    held, number = human.document
    parsed = documents.parse(held, number)
    assert held == kind
    assert parsed.sex in {None, "F"}
    assert parsed.born_on is None or parsed.born_on.startswith("1988-05")


def test_a_second_entry_has_the_same_particulars_unless_given():
    persons = {"P1b": Person("P1b", same_human_as="P1", document="passport"), "P1": Person("P1")}
    found = bound(persons=persons).persons
    first, second = found["P1"].particulars, found["P1b"].particulars
    assert {key: second[key] for key in ("name", "sex", "born_on")} == {
        key: first[key] for key in ("name", "sex", "born_on")
    }
    assert (found["P1b"].document or ("none",))[0] == "passport"


def test_who_has_no_document_has_none():
    assert bound(persons={"P1": Person("P1", document="none")}).persons["P1"].document is None


def test_towns_that_have_ended_are_left_out_and_all_else_is_chosen_as_ever():
    free = bind(STORY, CODES, Random(7), {})
    over = {free.offices["A"], free.stranger}
    found = bind_standing(STORY, CODES, Random(7), {}, lambda code: code in over)
    assert over.isdisjoint({*found.offices.values(), found.stranger})
    assert bind_standing(STORY, CODES, Random(7), {}, lambda _: False) == free
    given = {"A": str(free.offices["A"])}
    assert bind_standing(STORY, CODES, Random(7), given, lambda code: code in over).offices["A"] == given["A"]
    with pytest.raises(CannotTry):
        bind_standing(STORY, CODES, Random(7), {}, lambda _: True)
