"""Every error leaves as problem details (RFC 9457) in the caller's language, and none with a trace of our code."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from events.errors import ExchangeError
from exchange.http.correlation import reference
from exchange.http.parsing import Invalid
from exchange.translations import Language, choose, known, text
from schemas.v1.wire import Fault

LONGEST_FIELD = 200  # a field that nobody asked for may have any name
MEDIA_TYPE = "application/problem+json"
# What the framework refuses by itself, by our codes.
CODES: Mapping[int, str] = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "too_large",
    414: "too_large",
    415: "unsupported_media_type",
    431: "too_large",
}

_log = structlog.get_logger("exchange.http")


def install(app: Flask) -> None:
    """Must come after whatever registers handlers of its own."""
    app.register_error_handler(ExchangeError, _ours)
    app.register_error_handler(HTTPException, _of_the_framework)
    app.register_error_handler(Exception, _unexpected)


def problem(error: ExchangeError) -> dict[str, Any]:
    """The problem details of an error of ours."""
    if error.status >= 500:
        return _details(error.code, error.status, ())
    found = error.faults if isinstance(error, Invalid) else _fault(error)
    return _details(error.code, error.status, found, str(error.rule or ""), error.details)


def answer(details: Mapping[str, Any], headers: Iterable[tuple[str, str]] = ()) -> Response:
    """A response that carries problem details."""
    response = jsonify(details)
    response.status_code = int(details["status"])
    response.mimetype = MEDIA_TYPE
    response.headers["Cache-Control"] = "no-store"
    for name, value in headers:
        response.headers[name] = value
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="exchange"'
    return response


def language() -> Language:
    """The language of the answer."""
    if "language" not in g:
        g.language = choose(request.headers.get("Accept-Language"))
    found: Language = g.language
    return found


def _details(
    code: str, status: int, found: Iterable[Fault], rule: str = "", details: Mapping[str, object] | None = None
) -> dict[str, Any]:
    spoken = language()
    title = text(code, spoken, **(details or {}))
    faults = list(found)
    whole = faults[0].details if len(faults) == 1 else details or {}
    detail = text(rule, spoken, **whole) if known(rule) else title
    told: dict[str, Any] = {
        "type": f"/docs#problem-{code}",
        "code": code,
        "status": status,
        "title": title,
        "detail": detail if len(faults) < 2 else text("faults.several", spoken, count=len(faults)),
        "instance": reference(),
    }
    if faults:
        told["errors"] = [
            {
                "field": fault.field[:LONGEST_FIELD] or "$",
                "rule": fault.rule,
                "message": text(fault.rule, spoken, **fault.details),
            }
            for fault in faults
        ]
    return told


def _fault(error: ExchangeError) -> tuple[Fault, ...]:
    if error.field is None or error.rule is None:
        return ()
    return (Fault(error.field, error.rule, {"field": error.field, **error.details}),)


def _ours(error: ExchangeError) -> Response:
    if error.status >= 500:
        _log.error("failed", reference=reference(), code=error.code, trace=_trace(error))
    return answer(problem(error))


def _of_the_framework(error: HTTPException) -> Response:
    status = error.code or 500
    if status >= 500:
        return _unexpected(error)
    if status < 400:
        raise error  # a redirect is no error
    headers = [(name, value) for name, value in error.get_headers() if name == "Allow"]
    return answer(_details(CODES.get(status, "bad_request"), status, ()), headers)


def _unexpected(error: Exception) -> Response:
    _log.error("unexpected", reference=reference(), route=request.endpoint, trace=_trace(error))
    return answer(_details("error", 500, ()))


def _trace(error: Exception) -> str:
    """Where it happened, without the values of variables: those may be personal data."""
    return "".join(traceback.format_exception(error))
