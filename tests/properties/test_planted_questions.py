"""Planted faults: a question that has one side alone is found, and one that two offices take for another's."""

from __future__ import annotations

from events.catalogue.fact import Fact
from exchange.protocol.naming import named_offices
from exchange.protocol.questions import cases, redirecting
from tests.properties.histories import history, shape
from tests.properties.questions import question_faults


def test_an_author_taken_for_the_one_who_asks_wherever_it_names_the_office_is_found(monkeypatch):
    def wherever_named(fact: Fact, _kind: str) -> frozenset[str]:
        return named_offices(fact)

    monkeypatch.setattr(redirecting, "asked_by", wherever_named)
    assert any(question_faults(history(seed, **shape(seed))[0]) for seed in range(8_400_066, 8_400_116))


def test_a_keeper_that_asks_nothing_on_for_whoever_kept_the_person_before_is_found(monkeypatch):
    monkeypatch.setattr(cases, "_contradicted", lambda *_: False)
    assert question_faults(history(79_000_732, **shape(79_000_732))[0])


def test_a_keeper_that_takes_what_it_never_asked_for_its_own_is_found(monkeypatch):
    monkeypatch.setattr(cases, "_never_put", lambda *_: False)
    assert question_faults(history(820, **shape(820))[0])
