"""The reference of a request: what people quote when something went wrong, and what our log names."""

from __future__ import annotations

import re

import structlog
from flask import Flask, Response, g, request

from exchange.clock import utcnow
from exchange.ids import new_id

HEADER = "X-Request-Id"
_FORM = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")


def install(app: Flask) -> None:
    """Every request bears a reference, the caller's own where it is well formed, and every answer tells it."""
    app.before_request(_take)
    app.after_request(_tell)
    app.teardown_request(_forget)


def reference() -> str:
    """The reference of this request."""
    if "reference" not in g:
        _take()
    found: str = g.reference
    return found


def _take() -> None:
    given = request.headers.get(HEADER, "")
    g.reference = given if _FORM.fullmatch(given) else new_id(utcnow())
    structlog.contextvars.bind_contextvars(reference=g.reference)


def _forget(_error: BaseException | None) -> None:
    structlog.contextvars.unbind_contextvars("reference")


def _tell(response: Response) -> Response:
    response.headers[HEADER] = reference()
    return response
