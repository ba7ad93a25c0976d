"""Plain lives are told as the catalogue's table says, and faults planted in the rules of telling are found by that.

What is due is recomputed elsewhere by the code that told it, which cannot find a rule that is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from exchange.protocol.duties import RULES
from exchange.protocol.routing_table import MOVED_ON, ROUTING, UPDATE, Cell
from tests.properties.plain_lives import ROWS, PlainLife

LIVES = 200
ACTS = 14


@pytest.mark.parametrize("first", range(0, LIVES, 50))
def test_every_office_is_told_what_the_catalogue_says(first: int) -> None:
    lives = [PlainLife(seed) for seed in range(first, first + 50)]
    assert [fault for life in lives for fault in life.live(ACTS)] == []
    assert {act for life in lives for act in life.acts} == ROWS.keys()


def found() -> bool:
    """Whether a life shows it, or does not come to its end."""
    for seed in range(LIVES):
        try:
            if PlainLife(seed).live(ACTS):
                return True
        except (AssertionError, StopIteration):
            return True
    return False


@pytest.mark.parametrize(
    ("type_", "cells"),
    [
        ("movement.arrived", {"place_left": UPDATE}),
        ("movement.departed", {"keeper": Cell("update", asks=True)}),
        ("movement.left", {"keeper": UPDATE}),
        ("movement.left", {"announced": UPDATE}),
        ("movement.main_changed", {"place_left": UPDATE}),
        ("movement.moved_within", {"keeper": MOVED_ON}),
        ("registration.changed", {"keeper": UPDATE}),
        ("person.changed", {"announced": None}),
    ],
)
def test_a_wrong_cell_is_found(type_: str, cells: Mapping[str, Cell | None], monkeypatch: pytest.MonkeyPatch) -> None:
    row: dict[str, Cell | None] = {str(role): cell for role, cell in ROUTING[type_].items()}
    row |= cells
    monkeypatch.setitem(ROUTING, type_, {role: cell for role, cell in row.items() if cell is not None})
    assert found()


@pytest.mark.parametrize(
    ("what", "instead"),
    [
        ("exchange.protocol.telling.author.DEATH_ASKS", UPDATE),
        ("exchange.protocol.telling.keeper._answered_another", lambda *_: False),
        ("exchange.protocol.telling.keeper._happens_to", lambda *_: False),
        ("exchange.protocol.telling.threads._withdrawn", lambda *_: False),
        ("exchange.protocol.telling.keeper.end_cell", lambda *_: UPDATE),
        ("exchange.protocol.telling.author.named_offices", lambda _fact: frozenset()),
    ],
)
def test_a_wrong_rule_is_found(what: str, instead: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what, instead)
    assert found()


@pytest.mark.parametrize(
    "rule",
    ["announcer", "keeper_tells_announced", "keeper_tells_family", "keeper_tells_protection", "chain_to_open_stays"],
)
def test_a_rule_left_out_is_found(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(RULES, rule, lambda _sight: iter(()))
    assert found()
