"""What is stated of the other person of a tie lies in its fields' parts, wherever it stands; nothing of it is clear."""

from typing import Any

import pytest

from events.catalogue import content_of, fact_of
from events.catalogue.amendment import Corrected
from events.catalogue.case import Confirmed
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan
from events.catalogue.movement import Arrived
from events.catalogue.person import Stated
from events.catalogue.values import CaseRef, Deviation, Other, Tied
from events.envelope import Ref
from events.event import parts_of
from events.parts import merge, split

TOWN = "420115001000"
STATED = {"name": "周文", "born_on": "1990-02-11", "sex": "M", "phone": "13800000000"}
OTHER = Other(at=TOWN, stated=STATED)
TIES = [{"tie": "child", "other": {"at": TOWN, "stated": STATED}}, {"tie": "parent", "other": {"person": "p7"}}]

FACTS: list[Fact] = [
    TieBegan(tie="spouse", other=OTHER, ground="marriage"),
    TieBegan(tie="spouse", other=Other(person="p2", at=TOWN), ground="marriage"),
    Stated(
        basis="confirmed",
        particulars={"name": "林一禾"},
        ties=(Tied(tie="parent", other=Other(person="p7")), Tied(tie="spouse", other=OTHER, since="2020-01-01")),
    ),
    Arrived(kind="main", stated={"name": "林一禾", "ties": TIES}),
    Corrected(target=Ref(TOWN, "e1"), set={"other": {"at": TOWN, "stated": STATED}}),
    Corrected(target=Ref(TOWN, "e1"), set={"ties": TIES}),
]


def texts(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set().union(*map(texts, value.values()))
    if isinstance(value, list | tuple):
        return set().union(*map(texts, value))
    return {value} if isinstance(value, str) else set()


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.type}")
def test_merging_is_the_inverse_of_splitting(fact):
    content = content_of(fact)
    facts, parts = split(fact.type, content)
    assert fact_of(fact.type, merge(facts, parts)) == fact_of(fact.type, content)


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.type}")
def test_nothing_that_is_stated_is_clear(fact):
    facts, _ = parts_of(fact)
    assert texts(facts).isdisjoint(STATED.values())
    assert "林一禾" not in texts(facts)


def test_each_value_lies_in_the_part_of_its_field():
    facts, parts = parts_of(FACTS[0])
    assert facts["other"] == {"at": TOWN}
    assert parts == {
        "identity": {"other": {"name": "周文", "born_on": "1990-02-11"}},
        "cohort": {"other": {"sex": "M"}},
        "contact": {"other": {"phone": "13800000000"}},
    }


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{fact.type}")
def test_who_sees_one_part_alone_reads_the_event_with_that_part(fact):
    facts, parts = split(fact.type, content_of(fact))
    for name, held in parts.items():
        assert fact_of(fact.type, merge(facts, {name: held})).type == fact.type
    bare = merge(facts, {})
    assert fact_of(fact.type, bare).type == fact.type
    assert texts(bare).isdisjoint(STATED.values())


def test_what_differs_about_a_tie_is_not_clear_either():
    case = CaseRef(Ref(TOWN, "e1"), TOWN, "inflow")
    facts, parts = parts_of(Confirmed(case=case, deviations=(Deviation("ties", TIES, []), Deviation("other", OTHER))))
    assert texts(facts).isdisjoint(STATED.values())
    assert parts["identity"]["differs"].keys() == {"ties", "other"}
