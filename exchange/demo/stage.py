"""Where the demo's year takes place: in this process, or in the processes of the server setting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date

import httpx

from exchange.access.keys import Keys
from exchange.clock import Clock
from exchange.demo.clock import SetClock
from exchange.http.app import application
from exchange.http.node_use_cases import NodeUseCases
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.settings import Settings


@dataclass(frozen=True, slots=True)
class Stage:
    """`begin` sets the clock to a day, `advance` goes on once all that was recorded is forwarded."""

    node: Node
    http: httpx.Client
    begin: Callable[[date], None]
    advance: Callable[[], object]


Staged = Callable[[Settings, date], AbstractContextManager[Stage]]


@contextmanager
def alone(served: Settings, first_day: date) -> Iterator[Stage]:
    """Everything in this process."""
    clock = SetClock(first_day)
    with opened(served, clock) as node:
        app = application(NodeUseCases(node), Keys(node.uow, node.clock))
        with httpx.Client(transport=httpx.WSGITransport(app=app), base_url="http://demo") as http:
            yield Stage(node, http, clock.begin, lambda: advance(node))


@contextmanager
def opened(served: Settings, clock: Clock) -> Iterator[Node]:
    """A node under that clock, closed at the end."""
    node = Node.open(served, clock=clock)
    try:
        yield node
    finally:
        node.close()
