"""What breaks the form of a type is told by a rule of ours, in either language, and never in the library's words."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from events.catalogue import TYPES, fact_of
from events.catalogue.fact import Fact
from events.errors import Malformed
from events.form import misfit
from exchange.translations import LANGUAGES, known, text

STAY = ["110101001000", "01900000-0000-7000-8000-000000000001"]
CASE = {"kind": "stay", "subject": STAY, "office": "110101001000"}
# The library's own words; ours in English may share none of its sentences.
FOREIGN = re.compile(r"Expected|Object|Invalid|got `|regex")


def fault(type_: str, content: dict[str, Any]) -> Malformed:
    with pytest.raises(Malformed) as refused:
        fact_of(type_, content)
    return refused.value


@pytest.mark.parametrize(
    ("type_", "content", "field", "rule"),
    [
        ("movement.extended", {"stay": STAY}, "stay_until", "schema.missing"),
        ("movement.extended", {"stay": STAY, "stay_until": "2027-01-01", "stays": 1}, "stays", "schema.unknown"),
        ("movement.extended", {"stay": STAY, "stay_until": 2027}, "stay_until", "schema.text"),
        ("movement.extended", {"stay": STAY, "stay_until": "soon"}, "stay_until", "schema.pattern"),
        ("movement.extended", {"stay": STAY[:1], "stay_until": "2027-01-01"}, "stay", "schema.size"),
        ("movement.extended", {"stay": "x", "stay_until": "2027-01-01"}, "stay", "schema.list"),
        ("movement.extended", {"stay": [STAY[0], 1], "stay_until": "2027-01-01"}, "stay.1", "schema.text"),
        ("movement.departed", {"destination": "x"}, "destination", "schema.object"),
        ("movement.departed", {"destination": {"kind": "moon"}}, "destination.kind", "schema.choice"),
        ("person.protected", {"ground": 1}, "ground", "schema.text"),
        ("event.corrected", {"target": STAY, "set": []}, "set", "schema.object"),
    ],
)
def test_the_fault_is_named_by_place_and_rule(type_, content, field, rule):
    found = fault(type_, content)
    assert (found.field, found.rule) == (field, rule)


def test_a_word_that_is_not_on_the_list_is_answered_with_the_list():
    found = fault("movement.departed", {"destination": {"kind": "moon"}})
    assert found.details["choices"] == "abroad, birth, no_fixed_abode, town, unknown"
    for language in LANGUAGES:
        assert "no_fixed_abode" in text(str(found.rule), language, **found.details)


WRONG: tuple[Any, ...] = (
    None,
    1,
    1.5,
    True,
    "",
    "x",
    "ß" * 3000,
    [],
    ["x"],
    [1, 2],
    {},
    {"kind": "x"},
    {"odd": 1},
    {"kind": 1},
)


def broken(kind: type[Fact]) -> Iterator[tuple[msgspec.ValidationError, Any]]:
    """Each fault that the library finds in any field of a type for any of the wrong values, with the field's type."""
    for each in msgspec.structs.fields(kind):
        for value in WRONG:
            try:
                msgspec.convert(value, each.type)
            except msgspec.ValidationError as error:
                yield error, each.type


@pytest.mark.parametrize("type_", TYPES)
def test_no_fault_of_any_field_is_told_in_the_words_of_the_library(type_):
    found = [misfit(error, kind) for error, kind in broken(TYPES[type_])]
    assert found or not TYPES[type_].__struct_fields__
    for each in found:
        assert known(each.rule)
        assert each.rule != "schema.invalid"
        for language in LANGUAGES:
            said = text(each.rule, language, **each.details)
            assert not FOREIGN.search(said)
            assert "{" not in said


def test_what_the_library_says_in_a_way_we_do_not_know_is_still_told_by_rule():
    assert misfit(msgspec.ValidationError("Something new - at `$.a[0].b`"), TYPES["movement.left"]) == misfit(
        msgspec.ValidationError("Another - at `$.a[0].b`"), TYPES["movement.left"]
    )
    found = misfit(msgspec.ValidationError("Something new - at `$.a[0].b`"), TYPES["movement.left"])
    assert (found.field, found.rule) == ("a.0.b", "schema.invalid")
