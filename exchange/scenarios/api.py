"""The public API as the offices of a story use it: one key an office, nothing but HTTP."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Protocol

import httpx

from events.errors import ExchangeError
from exchange.jurisdictions import codes

PURPOSE = "case"  # which clerks and supervisors may state


class CannotTry(ExchangeError):
    """Something that the story needs cannot be tried on this node: it neither passed nor failed."""

    code = "scenario_not_tried"
    status = 501


class NotAnswering(ExchangeError):
    """The node gave an answer that the API does not promise."""

    code = "node_not_answering"
    status = 502


class OutOfReach(ExchangeError):
    """No node answers at the address."""

    code = "out_of_reach"
    status = 503


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. `code` is that of the problem, where there is one."""

    status: int
    data: Any

    @property
    def refused(self) -> bool:
        return self.status >= 400

    @property
    def code(self) -> str:
        return str(self.data.get("code", "")) if isinstance(self.data, dict) else ""


class Playground(Protocol):
    """A node to play on. `keys`: area -> its key, `operator` for the node's own state."""

    @property
    def keys(self) -> Mapping[str, str]: ...

    @property
    def client(self) -> httpx.Client: ...

    def now(self) -> datetime:
        """The moment of the node, as far as it is known."""
        ...

    def settle(self) -> None:
        """Wait until the node has forwarded everything. Raises NotAnswering where it does not end."""
        ...

    def pass_time(self, days: int, working_days: int) -> None:
        """Let time go by. Raises CannotTry where this node's clock cannot be moved."""
        ...

    def join(self, office: str) -> None:
        """Let an office outside join the exchange, and give it a key. Raises CannotTry where settings alone say who."""
        ...

    def replayed(self) -> list[str]:
        """The records that a replay of the log gives otherwise, where this node can be asked."""
        ...

    def shuffled(self, office: str, person: str, random: Random) -> Any:
        """The record of a book into which the events came in random order, some twice. Raises CannotTry."""
        ...


def problem(answer: Answer) -> str:
    """A refusal in one line."""
    rules = [f"{each['field']}: {each['rule']}" for each in answer.data.get("errors", ())] if answer.data else []
    return " ".join([f"refused: {answer.code}", *rules])


class Offices:
    """The requests of offices and of the operator."""

    def __init__(self, ground: Playground) -> None:
        self._ground = ground

    @property
    def areas(self) -> tuple[str, ...]:
        """The areas for whose offices there is a key; one above others is a supervisor's."""
        all_ = [area for area in self._ground.keys if area != "operator"]
        return tuple(a for a in all_ if not any(b != a and codes.is_within(b, a) for b in all_))

    def has_key(self, office: str) -> bool:
        """Whether somebody can act for the office."""
        return office in self._ground.keys or any(codes.is_within(office, area) for area in self.areas)

    def post(self, office: str, path: str, body: Any, orders: str | None = None, *, forbidden: bool = False) -> Answer:
        """`orders`: the area whose supervisor acts in the office's name.

        `forbidden`: whether just that may be the answer. Else a key that allows too little lets nothing be tried.
        """
        return self._send("POST", path, office, key=orders and self._key(orders), forbidden=forbidden, json=body)

    def order(self, office: str, path: str, body: Any) -> Answer:
        """What the operator records about an office, speaking for its area."""
        return self._send("POST", path, office, key=self._ground.keys["operator"], json=body)

    def get(self, office: str, path: str, **query: Any) -> Answer:
        return self._send("GET", path, office, params={k: v for k, v in query.items() if v is not None})

    def pages(self, office: str, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every row of a listing. Nothing for what the office may not see."""
        cursor: str | None = None
        while True:
            answer = self.get(office, path, cursor=cursor, limit=200, **query)
            if answer.status == 404:
                return
            if answer.refused:
                raise NotAnswering(field=path, code_given=answer.code, http_status=answer.status)
            yield from answer.data["items"]
            cursor = answer.data.get("next")
            if cursor is None:
                return

    def sheet(self, office: str, person: str, as_of: str | None = None, known_at: str | None = None) -> Answer:
        """The office's record of the person: today's, or of that day, or as it was known at that moment."""
        return self.get(office, f"/v1/persons/{person}/record", purpose=PURPOSE, as_of=as_of, known_at=known_at)

    def inbox(self, office: str, after: int) -> list[dict[str, Any]]:
        """The notifications behind that position of the office's feed, the oldest first."""
        found = []
        for row in self.pages(office, "/v1/inbox", purpose=PURPOSE, apart="true"):
            if row["position"] <= after:
                break
            found.append(row)
        return found[::-1]

    def lines(self, office: str) -> dict[int, int]:
        """About how many persons each line of the inbox is, by the position of every notice in it."""
        found = {}
        for row in self.pages(office, "/v1/inbox", purpose=PURPOSE):
            together = row["together"] or {"persons": 1, "members": [row]}
            found.update({each["position"]: together["persons"] for each in together["members"]})
        return found

    def acknowledge(self, office: str, position: int) -> bool:
        """Whether the receipt was taken."""
        return not self._send("POST", f"/v1/inbox/{position}/acknowledge", office).refused

    def cases(self, office: str) -> list[dict[str, Any]]:
        return list(self.pages(office, "/v1/cases"))

    def letters(self, office: str) -> list[dict[str, Any]]:
        """What the office has to write to offices outside."""
        return list(self.pages(office, "/v1/letters", purpose=PURPOSE))

    def feed(self, office: str) -> Iterator[dict[str, Any]]:
        """All that the office was told, in order."""
        cursor: str | None = None
        while True:
            answer = self.get(office, "/v1/feed", cursor=cursor, limit=200, purpose=PURPOSE)
            if answer.refused:
                raise NotAnswering(field="feed", code_given=answer.code, http_status=answer.status)
            yield from answer.data["items"]
            cursor = answer.data["next"]
            if not answer.data["more"]:
                return

    def history(self, office: str, person: str) -> list[dict[str, Any]]:
        return list(self.pages(office, f"/v1/persons/{person}/history", purpose=PURPOSE))

    def find(self, office: str, kind: str, number: str) -> list[dict[str, Any]]:
        answer = self._send(
            "POST", "/v1/persons/find", office, json={"kind": kind, "number": number}, params={"purpose": PURPOSE}
        )
        if answer.refused:
            raise NotAnswering(field="find", code_given=answer.code, http_status=answer.status)
        found: list[dict[str, Any]] = answer.data["items"]
        return found

    def ended(self, office: str) -> bool:
        """Whether the office records nothing any more."""
        answer = self._send("GET", f"/v1/jurisdictions/{office}", None)
        return not answer.refused and answer.data.get("state", "open") != "open"

    def node(self, what: str) -> dict[str, Any]:
        """`status` or `checks`, with the operator's key."""
        answer = self._send("GET", f"/v1/{what}", None)
        if answer.refused:
            raise NotAnswering(field=what, code_given=answer.code, http_status=answer.status)
        found: dict[str, Any] = answer.data
        return found

    def _send(
        self,
        method: str,
        path: str,
        office: str | None,
        *,
        key: str | None = None,
        forbidden: bool = False,
        **rest: Any,
    ) -> Answer:
        key = key or (self._ground.keys["operator"] if office is None else self._key(office))
        headers = {"Authorization": f"Bearer {key}"}
        if office is not None:
            headers["Exchange-Office"] = office
        try:
            response = self._ground.client.request(method, path, headers=headers, **rest)
        except httpx.TransportError as error:
            url = str(self._ground.client.base_url)
            raise OutOfReach(field="--url", rule="scenario.unreachable", url=url, why=error) from error
        try:
            data = response.json() if response.content else None
        except ValueError as error:
            raise NotAnswering(field=path, http_status=response.status_code) from error
        if response.status_code == 403 and not forbidden:
            raise CannotTry(field=path, rule="scenario.no_right", office=office or "operator")
        if response.status_code >= 500 or response.status_code == 401:
            code = data.get("code", "") if isinstance(data, dict) else ""
            raise NotAnswering(field=path, code_given=code, http_status=response.status_code)
        return Answer(response.status_code, data)

    def _key(self, office: str) -> str:
        keys = self._ground.keys
        areas = [area for area in keys if area != "operator" and codes.is_within(office, area)]
        if not areas:
            raise NotAnswering(field="keys", office=office)
        return keys[max(areas, key=lambda area: len(codes.stem(area)))]
