"""Advance: sequence, then forward, until nothing is left. The one task of every worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exchange.pipeline.forward import forward
from exchange.pipeline.sequence import sequence

if TYPE_CHECKING:
    from exchange.node import Node


def advance(node: Node) -> int:
    """Do all the work that there is. The number of events sequenced and persons forwarded."""
    done = 0
    while worked := sequence(node) + forward(node):
        done += worked
    return done
