"""The queues, each named after the one task that goes through it."""

from __future__ import annotations

from typing import Final

from exchange.wakes.broker import ADVANCE, SWEEP

ALL: Final = (ADVANCE, SWEEP)

__all__ = ["ADVANCE", "ALL", "SWEEP"]
