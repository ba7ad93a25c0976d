"""The web application of a node: the API, its documents, and the pages that are handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Flask
from flask_smorest import Api

from exchange.access.keys import Keys
from exchange.access.passes import Passes
from exchange.http import contract, correlation, docs, gate, headers, health, position, problems, room
from exchange.http.allows import public
from exchange.http.node_use_cases import NodeUseCases
from exchange.http.use_cases import UseCases
from exchange.http.v1 import RESOURCES
from exchange.queries.lag import set_aside, stuck
from schemas.v1.event import BatchSchema

if TYPE_CHECKING:
    from exchange.node import Node

API_VERSION = "1.0.0"
LARGEST_BODY = BatchSchema.max_bytes


def application(cases: UseCases, keys: Keys, pages: Iterable[Blueprint] = (), passes: Passes | None = None) -> Flask:
    """The app over these use cases and keys. `pages`: further blueprints, the root page among them.

    `passes`: what a browser may show them in place of a key.
    """
    app = Flask("exchange.http", static_folder="static")
    app.config.update(MAX_CONTENT_LENGTH=LARGEST_BODY, PROPAGATE_EXCEPTIONS=False)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's own provider has it, the port has not
    app.json.sort_keys = False  # type: ignore[attr-defined]  # likewise
    app.extensions["exchange_use_cases"] = cases
    app.extensions["exchange_lacking"] = list  # nothing
    app.extensions["exchange_set_aside"] = int  # nothing
    app.extensions["exchange_stuck"] = int  # nobody
    correlation.install(app)
    gate.install(app, keys, passes)
    headers.install(app)
    position.install(app)
    room.install(app)
    problems.install(app)
    app.extensions["exchange_contract"] = _contract
    for blueprint in (*(resource.blueprint for resource in RESOURCES), health.blueprint, docs.blueprint, *pages):
        app.register_blueprint(blueprint)
    public(app.view_functions["static"])
    return app


def create_app(node: Node, pages: Iterable[Blueprint] = (), forwarding: Callable[[], bool] = lambda: True) -> Flask:
    """The app of an opened node. `forwarding`: whether the worker beside it does its work, for the readiness check."""
    keys = Keys(node.uow, node.clock, node.hear_of)
    app = application(NodeUseCases(node, forwarding), keys, pages, node.passes)
    app.extensions["exchange_lacking"] = partial(_lacking, node)
    app.extensions["exchange_set_aside"] = partial(set_aside, node)
    app.extensions["exchange_stuck"] = partial(stuck, node)
    return app


def _lacking(node: Node) -> list[str]:
    there = {"broker": node.bell.heard(), "room": not node.uow.full}
    return [name for name, is_there in there.items() if not is_there]


@lru_cache
def _contract() -> dict[str, Any]:
    """The document of the API. What the routes say is the same for every app: it is made once, when first asked for."""
    app = Flask("exchange.http.contract")
    app.config.update(API_TITLE="Exchange", API_VERSION=API_VERSION, OPENAPI_VERSION="3.1.0")
    position.install(app)
    info = {"description": contract.INFO, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}
    api = Api(app, spec_kwargs={"info": info})
    api.DEFAULT_ERROR_RESPONSE_NAME = None
    for resource in RESOURCES:
        api.register_blueprint(resource.blueprint)
    return contract.complete(api.spec.to_dict(), {resource.name: resource.chinese for resource in RESOURCES})
