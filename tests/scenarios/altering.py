"""What stands between a story and the node: beside each request it sends copies that are altered somewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import UUID

import httpx

BESIDE = 0.35  # how often something is sent beside a request
FOREIGN = 0.25  # how often another office sends it
WRONG: tuple[Any, ...] = (None, True, -1, "", "x", [], {}, ["x"], "9999-12-31", "unknown", {"code": "420115001000"})
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_OWN = {"id", "submission"}
_WHO = ("Authorization", "Exchange-Office")
_ALONE = re.compile("/(acknowledge|find)$")  # no acts


class Altering:
    """Rides on the client of a story's runner. What the node answers to the copies is judged, and else left alone."""

    def __init__(self, client: httpx.Client, random: Random) -> None:
        self._client = client
        self._random = random
        self._sent: list[tuple[str, Any, dict[str, str]]] = []
        self._values: dict[str, list[Any]] = {}
        self._sending = False
        self.accepted = 0
        client.event_hooks = {"request": [self._beside]}

    def _beside(self, request: httpx.Request) -> None:
        """Before what the story sends, an altered copy of it or of what was sent before."""
        if self._sending or request.method != "POST" or not request.content or _ALONE.search(request.url.path):
            return
        self.hear(request.url.path, json.loads(request.content), {name: request.headers[name] for name in _WHO})
        if self._random.random() < BESIDE:
            self.send()

    def hear(self, path: str, body: Any, headers: dict[str, str]) -> None:
        """Learn a request that may be sent again, and the values that stand in it."""
        self._sent.append((path, body, headers))
        for at, key in _places(body):
            if isinstance(key, str):
                self._values.setdefault(key, []).append(at[key])

    def send(self) -> None:
        """One of the requests so far, altered. Raises AssertionError where the answer is none that the API gives."""
        path, body, headers = self._random.choice(self._sent)
        if self._random.random() < FOREIGN:
            *_, headers = self._random.choice(self._sent)
        body = self.altered(body)
        self._sending = True
        answer = self._client.post(path, json=body, headers=headers)
        self._sending = False
        said = f"{headers} POST {path} {body}: {answer.status_code} {answer.text[:600]}"
        assert answer.status_code < 500, said
        if answer.status_code == 422:
            errors = answer.json()["errors"]
            assert errors, said
            assert all(each["field"] and each["message"] not in {"", each["rule"]} for each in errors), said
        self.accepted += answer.status_code < 300

    def altered(self, body: Any) -> Any:
        """With other values in one to three places, mostly such as stood there elsewhere, under another id mostly."""
        body = deepcopy(body)
        if self._random.random() < 0.9:
            self._as_another(body)
        for _ in range(self._random.choice((1, 1, 1, 2, 3))):
            if places := list(_places(body)):
                self._change(*self._random.choice(places))
        return body

    def _change(self, at: Any, key: Any) -> None:
        chance, old = self._random.random(), at[key]
        if isinstance(old, str) and _DAY.fullmatch(old) and chance < 0.6:
            at[key] = _days_from(old, self._random.choice((-400, -30, -3, -1, 1, 2, 5, 40, 400)))
        elif chance < 0.6 and (known := self._values.get(str(key))):
            at[key] = deepcopy(self._random.choice(known))
        elif chance < 0.72:
            del at[key]
        elif chance < 0.88 and isinstance(at, dict):
            name = self._random.choice(list(self._values))
            at[name] = deepcopy(self._random.choice(self._values[name]))
        else:
            at[key] = deepcopy(self._random.choice(WRONG))

    def _as_another(self, body: Any) -> None:
        if isinstance(body, dict):
            body.update(
                {name: str(UUID(int=self._random.getrandbits(128), version=4)) for name in _OWN if name in body}
            )
            for event in body.get("events", ()):
                self._as_another(event)


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])


def _days_from(day: str, days: int) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days)).isoformat()
    except (ValueError, OverflowError):
        return day
