"""A web process of the version before ends once a newer one is in force: it would go on recording by its own rules."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import structlog

from events.store.errors import Unavailable
from exchange.pipeline.in_force import Superseded, require_in_force

if TYPE_CHECKING:
    from exchange.node import Node

_log = structlog.get_logger(__name__)


class VersionWatch:
    """A thread that looks as often as workers are woken without being asked, and tells `superseded` once."""

    def __init__(self, node: Node, superseded: Callable[[], object]) -> None:
        self._node = node
        self._superseded = superseded
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="exchange-version-watch", daemon=True)

    def start(self) -> VersionWatch:
        """Begin to look."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Look no more; then the node may be closed."""
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._ending.wait(self._node.settings.poll_seconds):
            try:
                require_in_force(self._node)
            except Superseded as error:
                _log.error("superseded", **error.details)
                self._superseded()
                return
            except Unavailable as error:
                _log.warning("version_unknown", code=error.code)  # while it cannot be asked, nothing is recorded either
            except Exception:  # noqa: BLE001 (a newer version may have moved what is asked for; it is looked at again)
                _log.exception("version_unknown")
