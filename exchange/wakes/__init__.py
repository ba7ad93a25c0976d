"""How a node tells workers in other processes that there is work: over a broker, or to nobody where there is none."""

from __future__ import annotations

from events.errors import ExchangeError
from exchange.extras import NotInstalled
from exchange.wake import Nobody, Waker


class NoBroker(ExchangeError):
    """What is asked for needs a broker, and the settings name none."""

    code = "no_broker"
    status = 400


def waker_at(url: str) -> Waker:
    """Who wakes the workers behind the broker at this address; without one nobody. Raises NotInstalled."""
    if not url:
        return Nobody()
    try:
        from exchange.wakes.bell import Bell  # noqa: PLC0415 (a node without a broker needs none of its clients)
        from exchange.wakes.broker import Broker  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise NotInstalled(field="broker_url", rule="settings.no_server", missing=error.name) from error
    return Bell(Broker(url))
