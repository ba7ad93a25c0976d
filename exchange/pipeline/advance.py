"""Advance: sequence, then forward, until nothing is left. The one task of every worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from exchange.pipeline.forward import forward
from exchange.pipeline.sequence import sequence

if TYPE_CHECKING:
    from exchange.node import Node


def never() -> bool:
    """It is never enough while anything is left."""
    return False


def advance(node: Node, enough: Callable[[], bool] = never) -> int:
    """Do all the work that there is. The number of events sequenced and persons forwarded.

    `enough` is asked between two rounds: whether to stop though something may be left.
    """
    done = 0
    while worked := sequence(node) + forward(node):
        done += worked
        if enough():
            break
    return done
