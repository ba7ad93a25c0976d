"""The order of log and feeds: of the whole node, and of no person. Part of E1."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager

import msgspec

from exchange.reconcile.aside import set_aside
from exchange.reconcile.fed import Fed
from exchange.reconcile.finding import Difference
from exchange.reconcile.logged import Logged
from exchange.unit_of_work import SqlSession

Look = Callable[[], AbstractContextManager[SqlSession]]


class Places(msgspec.Struct):
    """How far log and feeds were looked through: the log first. It can be written down between two looks."""

    log: Logged = msgspec.field(default_factory=Logged)
    feeds: Fed = msgspec.field(default_factory=Fed)
    looks: int = 0
    log_done: bool = False
    done: bool = False

    def look(self, look: Look) -> None:
        """At some thousand rows more, at a moment of the store of their own."""
        self.looks += 1
        with look() as session:
            if not self.log_done:
                self.log_done = not self.log.look(session)
            else:
                self.done = not self.feeds.look(session)

    def faults(self, look: Look, found: Iterable[Difference] = ()) -> list[Difference]:
        """Events and deliveries out of their place or time.

        `found`: what the other checks name. Where an event or a delivery is gone, its place is empty, which is no fault
        beside that.
        """
        known = list(found)
        gone = any("event" in each.lacking for each in known)
        with look() as session:
            faults = self.log.faults(session)
            aside = set_aside(session, known)
        return [*(fault for fault in faults if fault.office or not gone), *aside, *self.feeds.faults(known)]


def misplaced(look: Look, found: Iterable[Difference] = ()) -> list[Difference]:
    """All of them, one look after the other."""
    places = Places()
    while not places.done:
        places.look(look)
    return places.faults(look, found)
