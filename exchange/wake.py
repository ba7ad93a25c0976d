"""A port: "there is work". A wake-up may be lost, doubled or late; the sweep finds whatever it should have told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

Wake = Callable[[], None]


def nobody() -> None:
    """Wakes nobody: whoever works looks by itself."""


class Waker(Protocol):
    """Whoever wakes workers in other processes."""

    def ring(self) -> None:
        """There is work. Returns at once and never raises."""
        ...

    def heard(self) -> bool:
        """Whether a wake-up would reach them now."""
        ...

    def close(self) -> None: ...


class Nobody:
    """No worker is elsewhere, so none has to be reached."""

    def ring(self) -> None:
        pass

    def heard(self) -> bool:
        return True

    def close(self) -> None:
        pass
