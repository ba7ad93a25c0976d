"""A server or a command of ours, run as a child until it is told to end. Nothing of it outlives whoever started it."""

from __future__ import annotations

import os
import pwd
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from events.errors import ExchangeError

READY = 60.0  # seconds that a child has to become ready
END = 40.0  # seconds that it has to end when told


class NotReady(ExchangeError):
    """A process that was started ended, or never became ready."""

    code = "not_ready"
    status = 503


class Child:
    """One process, its output in `log`. It is killed where it does not end by itself.

    `user`: whose it is, where root may not run it. `farewell`: the signal that tells it to end.
    """

    def __init__(
        self,
        name: str,
        line: Sequence[str | Path],
        log: Path,
        environment: Mapping[str, str],
        *,
        user: str | None = None,
        farewell: int = signal.SIGTERM,
    ) -> None:
        self.name = name
        self.log = log
        self._farewell = farewell
        with log.open("wb") as output:
            self._process = subprocess.Popen(  # noqa: S603 (our own commands, and servers out of wheels)
                [str(word) for word in line],
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                user=user,
                group=group_of(user),
                extra_groups=None if user is None else [],
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def wait_until(self, ready: Callable[[], bool], patience: float = READY) -> None:
        """Go on once it is ready. Raises NotReady with the end of its log."""
        end = time.monotonic() + patience
        while not ready():
            if self._process.poll() is not None or time.monotonic() > end:
                told = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
                self.kill()
                raise NotReady(field=self.name, rule="server.not_ready", name=self.name, log=told)
            time.sleep(0.02)

    def children(self) -> list[int]:
        """The processes that it has started itself."""
        listed = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text(encoding="ascii")
        return [int(pid) for pid in listed.split()]

    def wait(self) -> int:
        """Until it ends by itself. Its exit status."""
        return self._process.wait(READY)

    def end(self) -> int:
        """Tell it to end, and wait. Its exit status."""
        if self._process.poll() is None:
            self._process.send_signal(self._farewell)
        try:
            return self._process.wait(END)
        except subprocess.TimeoutExpired:
            self.kill()
            return -signal.SIGKILL

    def kill(self) -> None:
        """Kill it and whatever it has started."""
        if self._process.poll() is None:
            for pid in [*self.children(), self.pid]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
        self._process.wait()


def group_of(user: str | None) -> int | None:
    """The group that goes with the user."""
    return None if user is None else pwd.getpwnam(user).pw_gid


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def answers(port: int) -> bool:
    """Whether somebody listens there."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
