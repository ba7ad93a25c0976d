"""Families in random histories: what tells a town of them too early, or never, is found. Without it nothing is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.properties.families import Watch
from tests.properties.histories import history, shape

HISTORIES = 120


def found(first: int) -> bool:
    """Whether one of the histories shows a fault. `first`: to be drawn, for few do."""
    for seed in (*range(first, HISTORIES), *range(first)):
        watch = Watch()
        world, _ = history(seed, rules=watch.rules, **shape(seed))
        if watch.faults(world):
            return True
    return False


@pytest.mark.parametrize(
    ("what", "instead", "first"),
    [
        ("exchange.protocol.record.Record.confirmed", lambda _record, _stay: True, 18),
        ("exchange.protocol.telling.family._may_hear", lambda _sight, _to: True, 60),
        ("exchange.protocol.telling.family.addressees", lambda *_: iter(()), 26),
    ],
    ids=["without a confirmation", "of its own unconfirmed newcomers", "never"],
)
def test_a_town_that_hears_too_early_or_never_is_found(
    what: str, instead: Callable[..., object], first: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(what, instead)
    assert found(first)
