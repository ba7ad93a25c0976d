"""A node that runs already, reached by its address, with the keys of a file."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from random import Random
from typing import Any

import httpx

from exchange.clock import utcnow
from exchange.scenarios.api import CannotTry, NotAnswering, Offices
from exchange.scenarios.document import ScenarioInvalid, load

PATIENCE = 60.0  # seconds until a node must have forwarded a step
_PAUSES = (0.02, 0.05, 0.1, 0.25, 0.5)


class Remote:
    """`keys`: area -> key, and `operator`."""

    def __init__(self, url: str, keys: Mapping[str, str]) -> None:
        self.keys = keys
        self.client = httpx.Client(base_url=url, timeout=30.0)

    def name_an_area(self) -> None:
        """Where the operator's key is for several areas, speak for one in which an office of the file lies."""
        status, headers = "/v1/status", {"Authorization": f"Bearer {self.keys['operator']}"}
        with suppress(httpx.TransportError):  # whoever plays finds that nobody answers, and says it
            if self.client.get(status, headers=headers).status_code != HTTPStatus.UNPROCESSABLE_ENTITY:
                return
            for area in sorted(self.keys.keys() - {"operator"}):
                named = {"Exchange-Office": area.ljust(12, "0")}
                if self.client.get(status, headers={**headers, **named}).is_success:
                    self.client.headers.update(named)
                    return

    def now(self) -> datetime:
        return utcnow()

    def settle(self) -> None:
        ends = time.monotonic() + PATIENCE
        pauses = iter(_PAUSES)
        while Offices(self).node("status")["lag_events"]:
            if time.monotonic() > ends:
                raise NotAnswering(field="status", rule="scenario.lag", seconds=int(PATIENCE))
            time.sleep(next(pauses, _PAUSES[-1]))

    def pass_time(self, days: int, working_days: int) -> None:
        raise CannotTry(field="pass", rule="scenario.clock")

    def join(self, office: str) -> None:
        raise CannotTry(field=office, rule="scenario.joins")

    def replayed(self) -> list[str]:
        """Nothing: the check `view` of the node's own four checks recomputes every record."""
        return []

    def shuffled(self, office: str, person: str, random: Random) -> Any:
        raise CannotTry(field="shuffle", rule="scenario.own_node")


@contextmanager
def remote(url: str, keys: Path) -> Iterator[Remote]:
    """A node at an address. Raises ScenarioInvalid where the file of keys cannot be read."""
    try:
        held = load(keys.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioInvalid(field=str(keys), rule="scenario.unreadable", value=error) from error
    if not isinstance(held, Mapping) or "operator" not in held or len(held) < 2:
        raise ScenarioInvalid(field=str(keys), rule="scenario.keys")
    ground = Remote(url, {str(area): str(key) for area, key in held.items()})
    try:
        ground.name_an_area()
        yield ground
    finally:
        ground.client.close()
