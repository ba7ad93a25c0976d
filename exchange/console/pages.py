"""The console's routes: the root page, and what each page loads. Nothing of other hosts, no need of the script."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request

from exchange.console.answering import answering
from exchange.console.checking import Beside
from exchange.console.desk import desk
from exchange.console.front import front
from exchange.console.identity import identity
from exchange.console.refusing import refusing
from exchange.console.result import result
from exchange.console.signing import signing, words
from exchange.http.allows import public
from exchange.http.headers import PAGES

if TYPE_CHECKING:
    from exchange.node import Node

CACHED = 3600  # seconds


def console(node: Node) -> Blueprint:
    """The pages of this node."""
    blueprint = Blueprint("console", __name__, template_folder="templates")
    checker = Beside(lambda: result(node))
    refusing(blueprint, node)
    signing(blueprint, node)
    desk(blueprint, node)
    answering(blueprint, node)
    identity(blueprint, node)
    blueprint.record(lambda state: state.app.extensions.update(exchange_checker=checker))

    @blueprint.after_request
    def with_script(response: Response) -> Response:
        """Which these pages alone have."""
        if response.mimetype == "text/html":
            response.headers.setdefault("Content-Security-Policy", PAGES)
        return response

    @blueprint.get("/")
    @public
    def root() -> str:
        """What the node does."""
        said = words()
        shown = front(node, said, checker, request.host_url.rstrip("/"))
        return render_template("console/front.html", words=said, front=shown)

    @blueprint.get("/static/console.css")
    @public
    def stylesheet() -> Response:
        """The one style sheet."""
        return _static("console.css", "text/css")

    @blueprint.get("/static/console.js")
    @public
    def script() -> Response:
        """The one script."""
        return _static("console.js", "text/javascript")

    @blueprint.get("/static/mark.svg")
    @public
    def mark() -> Response:
        """The two overlapping sides, for the browser's tab."""
        return _static("mark.svg", "image/svg+xml")

    return blueprint


def _static(name: str, kind: str) -> Response:
    """A file of ours, whole: they are few and small."""
    response = Response((files(__package__) / "static" / name).read_bytes(), mimetype=kind)
    response.cache_control.max_age = CACHED
    return response
