"""What the command tells other programs by its exit status (docs/command-line.md)."""

from __future__ import annotations

from typing import Final

from events.errors import ExchangeError, Tampered

FINE: Final = 0
DIFFERENT: Final = 1  # it ran, and found something that is not as it should be
BAD_INPUT: Final = 2
NOT_TRIED: Final = 3
UNAVAILABLE: Final = 4
BROKEN: Final = 70  # a fault of ours, as sysexits.h has it; nothing else ends with a trace
INTERRUPTED: Final = 130
CLOSED: Final = 141  # as after SIGPIPE: whoever read the answer stopped reading


class NotTried(ExchangeError):
    """What was asked for cannot be tried here; it neither passed nor failed."""

    code = "not_tried"
    status = 501


def exit_code(error: ExchangeError) -> int:
    """The exit status that an error of ours ends a command with."""
    if isinstance(error, Tampered):
        return DIFFERENT
    if isinstance(error, NotTried):
        return NOT_TRIED
    return UNAVAILABLE if error.status in {503, 504} else BAD_INPUT
