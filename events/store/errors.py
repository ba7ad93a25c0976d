"""What only a store can say."""

from __future__ import annotations

from events.errors import ExchangeError


class Unavailable(ExchangeError):
    """The database is busy for too long, full, lost, or its standby silent: the same may be sent again under its id."""

    code = "unavailable"
    status = 503
