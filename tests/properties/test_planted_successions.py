"""What a succession hands on, left out piece by piece: the histories find each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from events.catalogue.values import CaseRef
from exchange.protocol import inheriting
from exchange.protocol.offices import Offices, Succession
from tests.properties.histories import again, history, shape
from tests.properties.succession import drawn, succession_faults
from tests.properties.test_histories import faults_of
from tests.properties.world import World

SEEDS = tuple(seed for seed in range(600) if drawn(seed))


def found_by(judge: Callable[[World], list[str]] = faults_of) -> bool:
    """Whether one of the histories with a succession shows a fault, or cannot even end."""
    for seed in SEEDS:
        try:
            if judge(history(seed, **shape(seed))[0]):
                return True
        except (AssertionError, RuntimeError, KeyError):
            return True
    return False


def test_an_allotment_that_is_ignored_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Succession, "heir", lambda self, _person: self.to[0])
    assert found_by(succession_faults)


def test_books_that_are_not_handed_on_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Offices, "author", lambda _offices, event: event.author)
    assert found_by(succession_faults)


def test_deliveries_that_are_not_handed_on_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inheriting, "between_heirs", lambda delivery, _person, _offices: delivery)
    assert found_by(succession_faults)


def test_answers_that_do_not_find_the_case_of_the_office_that_ended_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = inheriting._value

    def blind(value: Any, successor: inheriting.Successor) -> Any:
        return value if isinstance(value, CaseRef) else kept(value, successor)

    monkeypatch.setattr(inheriting, "_value", blind)
    assert found_by()


def test_what_is_addressed_to_an_office_that_ended_and_is_told_to_nobody_is_found(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Contents go on naming it: read as they stand, its heir is neither told nor keeper."""
    monkeypatch.setattr(inheriting, "_payload", lambda fact, _successor: fact)
    assert found_by()


@pytest.mark.parametrize("seed", SEEDS[:10])
def test_when_a_succession_becomes_known_is_all_one(seed: int) -> None:
    world, _ = history(seed, **shape(seed))
    other = again(world, seed + 7, 2)
    assert faults_of(world) == []
    assert other is None or faults_of(other) == []
