"""Where an entry says that the person is registered, or a move."""

from __future__ import annotations

import random

from events.catalogue.values import ABROAD, Place, town
from tests.properties.world import OUTSIDE


def entered_at(draw: random.Random, at: str | None) -> Place | None:
    """The town, or nowhere; now and then a town outside the exchange, or abroad."""
    drawn = draw.random()
    if drawn < 0.15:
        return town(OUTSIDE)
    return ABROAD if drawn < 0.18 else town(at) if at else None


def moved_to(draw: random.Random, to: Place | None) -> Place | None:
    """There, or now and then to a town outside."""
    return town(OUTSIDE) if draw.random() < 0.15 else to
