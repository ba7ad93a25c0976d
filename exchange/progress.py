"""How far long work is: told now and then to whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[int], None]  # how much is done so far


def nobody(_done: int) -> None:
    """Whoever works tells nobody how far it is."""
