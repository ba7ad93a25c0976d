"""What comes with an extra of the package, and is asked for where it is not installed."""

from __future__ import annotations

from typing import Final

from events.errors import ExchangeError


class NotInstalled(ExchangeError):
    """The settings or the command ask for what an extra (`server`, `bundled`) brings."""

    code = "not_installed"
    status = 501


# What the extra `server` brings; any other package that is missing belongs to every installation.
OF_SERVER: Final = frozenset({"celery", "gunicorn", "kombu", "prometheus_client", "psycopg", "psycopg_pool", "redis"})
