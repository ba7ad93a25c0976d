"""A real node with its API, each call of which is judged against the published document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema_rs

from exchange.access.keys import Keys
from exchange.http.app import create_app
from exchange.http.docs import resolve
from exchange.node import Node
from exchange.pipeline.advance import advance
from exchange.settings import settings

HOME, TOWN, COUNTY = "420115002000", "330106005000", "330106000000"
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


@dataclass
class Platform:
    """A node with its API. Each call is judged against the document, then the worker does what is to be done."""

    node: Node
    client: Any
    keys: Keys
    document: dict[str, Any]
    seen: set[str]

    def key(self, office: str, *roles: Any) -> dict[str, str]:
        _, secret = self.keys.issue("a key of a test", [office], roles or ("clerk", "confirmer"))
        return {"Authorization": f"Bearer {secret}", "Exchange-Purpose": "case"}

    def call(self, method: str, path: str, office: str | dict[str, str], body: Any = None, **headers: str) -> Any:
        bearer = self.key(office) if isinstance(office, str) else office
        answer = self.client.open(path, method=method, json=body, headers={**bearer, **headers})
        self._judge(method, answer)
        advance(self.node)
        return answer

    def _judge(self, method: str, answer: Any) -> None:
        routes = self.client.application.url_map.bind("")
        rule, _ = routes.match(answer.request.path, method, return_rule=True)
        template = re.sub(r"<(?:[^:>]+:)?(\w+)>", r"{\1}", rule.rule)
        operation = self.document["paths"][template][method.lower()]
        self.seen.add(operation["operationId"])
        told = resolve(self.document, operation["responses"][str(answer.status_code)])
        schema = {**told["content"][answer.mimetype]["schema"], "components": self.document["components"]}
        jsonschema_rs.validator_for(schema).validate(answer.json)


def platform(tmp_path: Path) -> Iterator[Platform]:
    node = Node.open(settings(data=tmp_path, serves=("420115", "330106")), clock=lambda: NOON)
    app = create_app(node)
    client: Any = app.test_client()
    yield Platform(node, client, Keys(node.uow, node.clock), client.get("/openapi.json").json, set())
    node.close()
