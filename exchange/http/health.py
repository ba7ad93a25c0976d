"""Is the process alive, and ready for work? For machines that watch, without a key, and with hardly a number."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify

from exchange.http.allows import public
from exchange.http.routes import use_cases

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
@public
def alive() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """The store can be read and the pipeline runs; 503 while not.

    Degraded: without the `broker` everything is accepted, and what is recorded waits until it is back; without `room`
    on the disk what is there is read, and whatever would write is refused with 503 until there is some. The dossiers
    that are `stuck` hold up no other; of what was recorded in them nobody is told until somebody has looked why.
    As little do events that are `set_aside` at a stage, sequencing: they have no place in the log until they open.
    """
    if not use_cases().ready():
        return jsonify(status="unready"), 503
    aside = current_app.extensions["exchange_set_aside"]()
    found = {
        "lacking": current_app.extensions["exchange_lacking"](),
        "set_aside": {"sequencing": aside} if aside else {},
        "stuck": current_app.extensions["exchange_stuck"](),
    }
    wrong = {name: each for name, each in found.items() if each}
    return jsonify(status="degraded" if wrong else "ok", **wrong), 200
