"""An office of the demo as a client of the API: it records, looks at what it is asked, and answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx

from events.errors import ExchangeError

MOST_EVENTS = 1000
PAGE = 200

Row = Mapping[str, Any]


class DemoRefused(ExchangeError):
    """The exchange refused what the demo's story asked for, or took what it should have refused: a fault of ours."""

    code = "demo_refused"


class Office:
    """One office with its key, at the node that `http` reaches."""

    def __init__(self, http: httpx.Client, code: str, token: str) -> None:
        self._http = http
        self._headers = {"Authorization": f"Bearer {token}"}
        self.code = code

    def record(self, events: Sequence[Row]) -> list[Row]:
        """What became of each event; those of one submission are an act. Raises DemoRefused."""
        results: list[Row] = []
        for start in range(0, len(events), MOST_EVENTS):
            body = {"all_or_nothing": False, "events": list(events[start : start + MOST_EVENTS])}
            results += self._told(self._http.post("/v1/events/batch", json=body, headers=self._headers))["results"]
        return results

    def cases(self, side: str, status: str) -> Iterator[Row]:
        """The office's cases in that state, what is due first comes first."""
        where: dict[str, str | int] = {"side": side, "status": status, "limit": PAGE}
        while True:
            page = self._told(self._http.get("/v1/cases", params=where, headers=self._headers))
            yield from page["items"]
            if page["next"] is None:
                return
            where["cursor"] = page["next"]

    def read_inbox(self, limit: int) -> int:
        """Acknowledge the newest notices that nobody has read. How many those were."""
        where: dict[str, str | int] = {"state": "new", "limit": limit, "purpose": "case", "apart": "true"}
        page = self._told(self._http.get("/v1/inbox", params=where, headers=self._headers))
        for notice in page["items"]:
            address = f"/v1/inbox/{notice['position']}/acknowledge"
            self._told(self._http.post(address, headers=self._headers))
        return len(page["items"])

    def _told(self, response: httpx.Response) -> Any:
        if response.is_error:
            raise DemoRefused(status=response.status_code, office=self.code, told=response.text[:2000])
        return response.json()
