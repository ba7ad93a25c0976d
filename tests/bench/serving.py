"""One event over HTTP, inside this process: our route against an empty one on the same app."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from flask import Flask, request
from werkzeug.test import EnvironBuilder, run_wsgi_app

from exchange.access.keys import Keys
from exchange.http.allows import public
from exchange.http.app import create_app
from exchange.node import Node
from schemas.v1.event import EventSchema
from tests.bench.figures import Figure, Size, against, turns
from tests.bench.workload import HOME, TOWN, arrived, moved, node_in, people, registered, take

Environ = dict[str, Any]


def figures(folder: Path, size: Size) -> Iterator[Figure]:
    with node_in(folder / "http") as node:
        yield _one_event(node, size)


def _one_event(node: Node, size: Size) -> Figure:
    app = with_empty(create_app(node))
    _, key = Keys(node.uow).issue("bench", [TOWN], ["clerk"])
    crowd, rounds = people(size.events * (size.rounds + 1)), []
    for number in range(size.rounds + 1):
        group = crowd[number * size.events :][: size.events]
        # Others in each round: nobody moves house eight times before anybody hears of it.
        take(node, HOME, map(registered, group))
        persons = [str(result.person) for result in take(node, TOWN, map(arrived, group))]
        ours = [_request("/v1/events", person, key) for person in persons]
        theirs = [_request("/empty", person, key) for person in persons]
        taken = turns(number, lambda e=ours: _send(app, e), lambda e=theirs: _send(app, e))  # type: ignore[misc]
        rounds.append((len(persons), *taken))
    return against(
        "one event over HTTP",
        rounds[1:],
        bound="the command above, and reading the key; the empty route parses and validates the same body",
    )


def with_empty(app: Flask) -> Flask:
    """The app with a route more that only parses and validates the same body."""
    schema = EventSchema()

    @public
    def empty() -> tuple[str, int]:
        schema.load(request.get_json())
        return "", 201

    app.add_url_rule("/empty", view_func=empty, methods=["POST"])
    return app


def _request(path: str, person: str, key: str) -> Environ:
    item = moved(person)
    body = {"type": item.type, "person": person, "effective_on": item.day, "with": item.content}
    headers = [("Authorization", f"Bearer {key}"), ("Content-Type", "application/json")]
    return EnvironBuilder(path, method="POST", data=msgspec.json.encode(body), headers=headers).get_environ()


def _send(app: Flask, requests: Iterable[Environ]) -> None:
    for environ in requests:
        answer, status, _ = run_wsgi_app(app, environ, buffered=True)
        if not status.startswith("201"):
            raise RuntimeError(status, b"".join(answer))
