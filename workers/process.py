"""What one process of a worker has of its own: its node and its broker, opened before the first task needs them."""

from __future__ import annotations

import os

import structlog

from events.errors import ExchangeError
from events.pinyin import read_tables
from exchange.collecting import BETWEEN_LOOKS_AT_BATCHES, collect_seldom
from exchange.node import Node
from exchange.settings import Settings
from exchange.wake import Nobody
from exchange.wakes.broker import Broker

_log = structlog.get_logger(__name__)


class Process:
    """Opened after the fork, since neither a database nor a broker can be shared by two processes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._node: Node | None = None
        self._broker: Broker | None = None

    def begin(self) -> None:
        """Open both, so that the first wake-up finds them open. Where the database is away, a task opens the node."""
        self.broker()
        read_tables()
        try:
            self.node()
        except ExchangeError as error:
            first = next(iter(error.faults), error)
            _log.warning("node_not_opened", code=error.code, rule=first.rule, why=first.details.get("why"))

    def node(self) -> Node:
        """The node. Raises Unavailable as long as its database is away."""
        if self._node is None:
            self._node = Node.open(self._settings)
            self._node.hear(Nobody())  # whoever advances until nothing is left wakes nobody by it
            collect_seldom(between=BETWEEN_LOOKS_AT_BATCHES)
            _log.info("node_opened", pid=os.getpid())
        return self._node

    def broker(self) -> Broker:
        if self._broker is None:
            self._broker = Broker(self._settings.broker_url)
        return self._broker

    def close(self) -> None:
        """Let go of both."""
        if self._node is not None:
            self._node.close()
        if self._broker is not None:
            self._broker.close()
        self._node = self._broker = None
