"""The queues, each named after the one task that goes through it."""

from __future__ import annotations

from typing import Final

from exchange.wakes.broker import ADVANCE, CHECK, SWEEP

ALL: Final = (ADVANCE, SWEEP, CHECK)

__all__ = ["ADVANCE", "ALL", "CHECK", "SWEEP"]
