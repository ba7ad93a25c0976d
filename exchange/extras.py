"""What comes with an extra of the package, and is asked for where it is not installed."""

from __future__ import annotations

from events.errors import ExchangeError


class NotInstalled(ExchangeError):
    """The settings or the command ask for what an extra (`server`, `bundled`) brings."""

    code = "not_installed"
    status = 501
