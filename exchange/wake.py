"""A port: "there is work". A wake-up may be lost, doubled or late; the sweep finds whatever it should have told."""

from __future__ import annotations

from collections.abc import Callable

Wake = Callable[[], None]


def nobody() -> None:
    """Wakes nobody: whoever works looks by itself."""
