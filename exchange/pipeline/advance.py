"""Advance: sequence, then forward, until nothing is left. The one task of every worker."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from events.store.sql.rows import Query
from exchange.pipeline.forward import forward
from exchange.pipeline.in_force import IN_FORCE, judge
from exchange.pipeline.sequence import resume, sequence

if TYPE_CHECKING:
    from exchange.node import Node


# Each by its index, from the first that is there: at the beginning of such a table lies what is long done.
_LEFT = Query(
    f"SELECT {IN_FORCE},"  # noqa: S608 (our own words)
    " (SELECT position FROM pending ORDER BY position LIMIT 1),"
    " (SELECT number FROM dirty ORDER BY number LIMIT 1),"
    " (SELECT joined FROM backlogs ORDER BY joined LIMIT 1),"
    " (SELECT number FROM set_aside ORDER BY number LIMIT 1)"
)


def never() -> bool:
    """It is never enough while anything is left."""
    return False


def advance(node: Node, enough: Callable[[], bool] = never) -> int:
    """Do all the work that there is. The number of events sequenced and persons forwarded.

    `enough` is asked between two rounds: whether to stop though something may be left. Raises Superseded where a newer
    version has had the database: this one does nothing more.
    """
    done = 0
    left, aside = _left(node)
    if aside:
        resume(node)
        left, _ = _left(node)
    while left and (worked := sequence(node) + forward(node)):
        done += worked
        if enough():
            break
        left, _ = _left(node)
    return done


def anything_left(node: Node) -> bool:
    """Whether there is anything to begin with: a look that finds nothing locks nothing, and writes nothing to disk."""
    return _left(node)[0]


def _left(node: Node) -> tuple[bool, bool]:
    """The same, and whether anything is set aside. Raises Superseded where a newer version is in force."""
    ((step, view, *first, aside),) = node.uow.glance(lambda reader: list(reader.ask_rows(_LEFT, ())))
    judge(step, view)
    return any(found is not None for found in first), aside is not None
