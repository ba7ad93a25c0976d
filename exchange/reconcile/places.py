"""What was recorded of offices, and the order of log and feeds: of the whole node, and of no person. Part of E1."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

from exchange.reconcile.fed import Fed
from exchange.reconcile.finding import Difference
from exchange.reconcile.logged import Logged
from exchange.unit_of_work import SqlSession

Look = Callable[[], AbstractContextManager[SqlSession]]


def misplaced(look: Look, found: Iterable[Difference] = ()) -> list[Difference]:
    """Events and deliveries out of their place or time, some thousand rows a look.

    `found`: what the other checks name. Where an event or a delivery is gone, its place is empty, which is no fault
    beside that.
    """
    known = list(found)
    log, feeds = Logged(), Fed()
    _look_through(look, log)
    with look() as session:
        faults = log.faults(session)
    gone = any("event" in each.lacking for each in known)
    _look_through(look, feeds)
    return [*(fault for fault in faults if fault.office or not gone), *feeds.faults(known)]


def _look_through(look: Look, seen: Logged | Fed) -> None:
    more = True
    while more:
        with look() as session:
            more = seen.look(session)
