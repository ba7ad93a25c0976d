"""Ties between two persons: one event for each of them, in one act (catalogue, rule 3)."""

from __future__ import annotations

from typing import Literal

from events.catalogue.fact import Fact
from events.catalogue.values import Other, TieKind

TieGround = Literal["marriage", "birth", "adoption", "appointment", "divorce", "death", "of_age", "other"]


class TieBegan(Fact, frozen=True, tag="tie.began", kw_only=True):
    """From its day on a tie holds; `tie` says what `other` is to the person."""

    tie: TieKind
    other: Other
    ground: TieGround


class TieEnded(Fact, frozen=True, tag="tie.ended", kw_only=True):
    """The tie holds until its day."""

    tie: TieKind
    other: Other
    ground: TieGround
