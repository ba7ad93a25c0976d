"""What is written about the protocol is what the code does: every type of event is explained, routed and readable."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

import pytest

from events.catalogue import TYPES
from events.catalogue.fact import Fact
from events.upcasts import UPCASTS
from exchange.protocol.duties import RULES
from exchange.protocol.refusals import REFUSALS
from exchange.protocol.routing_table import ROUTING
from exchange.reports.payload_words import fields_of, in_words
from exchange.reports.protocol_document import TABLES, TOLD_OTHERWISE, meaning, renewed, told_otherwise
from tests.conventions.sources import ROOT

DOCUMENT = ROOT / "docs" / "protocol.md"
Types = Mapping[str, type[Fact]]


class Bare(Fact, frozen=True, tag="person.renumbered", kw_only=True):
    schema = 3

    number: bytes


def undocumented(types: Types) -> list[str]:
    return [type_ for type_, kind in types.items() if not meaning(kind)]


def unrouted(types: Iterable[str]) -> list[str]:
    return [type_ for type_ in types if type_ not in ROUTING and told_otherwise(type_) is None]


def not_upcastable(types: Types, steps: Iterable[tuple[str, int]]) -> list[str]:
    """Each version from which there is no step to the next; a version that is no whole number from 1 on."""
    known = set(steps)
    return [
        f"{type_} {version}"
        for type_, kind in types.items()
        for version in (range(1, kind.schema) if kind.schema >= 1 else [kind.schema])
        if (type_, version) not in known
    ]


def test_the_document_is_what_the_code_says():
    written = DOCUMENT.read_text(encoding="utf-8")
    assert renewed(written) == written, "`make docs` prints it anew"


def test_every_type_of_event_has_a_meaning():
    assert undocumented(TYPES) == []


def test_every_type_of_event_is_told_to_somebody_or_is_said_not_to_be():
    assert unrouted(TYPES) == []


def test_what_is_said_to_be_told_otherwise_is_a_type_that_no_row_sends():
    idle = [p for p in TOLD_OTHERWISE if not any(fnmatchcase(type_, p) and type_ not in ROUTING for type_ in TYPES)]
    assert idle == []
    assert [type_ for type_ in TYPES if type_ in ROUTING and told_otherwise(type_) is not None] == []


def test_every_row_of_the_routing_table_is_a_type_of_the_catalogue():
    assert ROUTING.keys() - TYPES.keys() == set()


def test_every_version_of_every_type_can_be_read():
    assert all(type(kind.schema) is int for kind in TYPES.values())
    assert not_upcastable(TYPES, UPCASTS) == []


def test_every_step_lifts_a_version_that_there_was():
    idle = [(type_, version) for type_, version in UPCASTS if not 1 <= version < getattr(TYPES.get(type_), "schema", 0)]
    assert idle == []


def test_every_rule_of_telling_and_every_refusal_has_a_meaning():
    assert [name for name, rule in RULES.items() if not meaning(rule)] == []
    assert [kind.code for kind in REFUSALS if not meaning(kind)] == []


def test_a_type_without_a_meaning_is_found():
    assert undocumented({**TYPES, "person.renumbered": Bare}) == ["person.renumbered"]


def test_a_type_that_nobody_is_told_of_is_found():
    assert unrouted([*TYPES, "person.renumbered"]) == ["person.renumbered"]


def test_a_version_that_cannot_be_read_is_found():
    steps = {("person.renumbered", 1)}
    assert not_upcastable({**TYPES, "person.renumbered": Bare}, {*UPCASTS, *steps}) == ["person.renumbered 2"]


def test_a_field_that_no_word_describes_is_found():
    with pytest.raises(TypeError):
        list(fields_of(Bare))


def test_a_changed_table_is_found_and_printed_anew():
    written = DOCUMENT.read_text(encoding="utf-8")
    stale = written.replace("| `person.held` | 1 |", "| `person.held` | 7 |")
    assert stale != written
    assert renewed(stale) == written


def test_what_is_written_by_hand_is_kept():
    written = DOCUMENT.read_text(encoding="utf-8")
    longer = written.replace("## Particulars", "A word by hand.\n\n## Particulars")
    assert renewed(longer) == longer


@pytest.mark.parametrize("name", TABLES)
def test_a_table_without_a_place_is_found(name: str):
    written = DOCUMENT.read_text(encoding="utf-8")
    with pytest.raises(ValueError, match=f"{name}: marked 0 times"):
        renewed(written.replace(f"<!-- end of {name} -->", ""))


def test_the_union_of_a_type_with_nothing_is_the_type_alone():
    assert in_words(str | None) == "text"
