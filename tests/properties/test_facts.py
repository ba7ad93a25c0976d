"""The facts of a kind are those that a look at all facts finds, whatever happened to the person."""

from itertools import combinations

import pytest

from events.catalogue import TYPES
from events.catalogue.case import Reply
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from tests.properties.histories import history, shape

KINDS: tuple[type[Fact], ...] = (*TYPES.values(), Reply, Fact)


@pytest.mark.parametrize("seed", range(8))
def test_facts_are_found_by_their_kind_as_by_a_look_at_all_of_them(seed: int) -> None:
    world, _ = history(seed, **shape(seed))
    for record in (record for office in world.books for record in world.records(office)):
        facts = record.facts
        for kinds in ((kind,) for kind in KINDS):
            held = [s for s in facts.values() if isinstance(s.payload, kinds)]
            assert list(facts.of(*kinds)) == held
            assert list(facts.in_force(*kinds)) == [s for s in held if not s.void]


@pytest.mark.parametrize("seed", range(8, 12))
def test_facts_of_two_kinds_stand_in_the_order_of_all(seed: int) -> None:
    world, _ = history(seed, **shape(seed))
    for record in (record for office in world.books for record in world.records(office)):
        facts = record.facts
        for kinds in combinations(KINDS, 2):
            held = [s for s in facts.values() if isinstance(s.payload, kinds)]
            assert list(facts.of(*kinds)) == held
            assert list(facts.in_force(*kinds)) == [s for s in held if not s.void]


def test_a_fact_of_two_persons_touches_the_other_as_on_a_node() -> None:
    """By that the dossier of the one is read again where something becomes of the other, be it recorded or derived."""
    world, _ = history(469, **shape(469))
    facts = [(e.frame, e.payload) for book in world.books.values() for e in book.recorded.values()]
    ties = [(frame, fact.other.person) for frame, fact in facts if isinstance(fact, TieBegan | TieEnded)]
    named = [(frame, person) for frame, person in ties if person is not None]
    assert {frame.automatic for frame, _ in named} == {True, False}
    assert all(frame.touches == (person,) for frame, person in named)
