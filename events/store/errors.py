"""What only a store can say."""

from __future__ import annotations

from events.errors import ExchangeError


class Unavailable(ExchangeError):
    """The database is busy for too long, full, or lost: nothing was changed, and the same request may be sent again."""

    code = "unavailable"
    status = 503
