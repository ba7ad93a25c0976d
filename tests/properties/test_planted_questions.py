"""A planted fault, to show that a question which has one side alone is found."""

from __future__ import annotations

from events.catalogue.fact import Fact
from exchange.protocol.naming import named_offices
from exchange.protocol.questions import redirecting
from tests.properties.histories import history, shape
from tests.properties.questions import question_faults


def test_an_author_taken_for_the_one_who_asks_wherever_it_names_the_office_is_found(monkeypatch):
    def wherever_named(fact: Fact, _kind: str) -> frozenset[str]:
        return named_offices(fact)

    monkeypatch.setattr(redirecting, "asked_by", wherever_named)
    assert any(question_faults(history(seed, **shape(seed))[0]) for seed in range(8_400_066, 8_400_116))
