"""How often Python looks for cycles in a process that stays up, and where it keeps what it will use again."""

import ctypes
import gc
from contextlib import suppress

# Hardly anything here makes cycles, and a batch makes some hundred thousand objects that live until it is committed:
# every look through them finds nothing. At the default of 700 these looks took 5 to 10 % of a worker's time.
BETWEEN_LOOKS = 50_000
# Whoever works in batches holds as many at a time: it looked once or twice in each, at 3 % of its time, and found some
# two hundred objects that hung together in cycles.
BETWEEN_LOOKS_AT_BATCHES = 200_000
_ARENAS = -8  # how glibc calls the setting: M_ARENA_MAX


def collect_seldom(*, between: int = BETWEEN_LOOKS) -> None:
    """What is loaded by now stays for good, and is looked through no more; what comes is, now and then."""
    gc.freeze()
    gc.set_threshold(between)


def share_one_heap() -> None:
    """Begin, before there are threads: by default each keeps for itself what the largest body that it read once took.

    Eight threads then hold eight times as much. Where the C library has no such setting, nothing changes.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENAS, 1)
