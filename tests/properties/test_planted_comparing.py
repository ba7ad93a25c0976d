"""Planted faults in confirming by comparing, and the histories that find them; all histories find nothing without."""

from __future__ import annotations

import pytest

from tests.properties.comparing import confirmed_wrongly
from tests.properties.histories import confirms, history, shape

MOST = 400
SEEDS = [seed for seed in range(MOST) if confirms(seed)]


def found_by(first: int = 0) -> bool:
    """Whether one of the histories shows a fault; few do, so the first to be drawn is named."""
    return any(
        confirmed_wrongly(history(seed, **shape(seed))[0]) for seed in sorted(SEEDS, key=lambda seed: seed < first)
    )


def test_confirming_what_differs_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.protocol.comparing.equal.differences", lambda _ours, _yours, _before: ())
    monkeypatch.setattr("exchange.protocol.comparing.equal._documents", lambda _record, _opening, _stated: True)
    assert found_by(287)


def test_confirming_by_the_word_of_the_arrival_itself_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exchange.protocol.comparing.equal.keeps", lambda record: record.keeper == record.office)
    assert found_by(23)
