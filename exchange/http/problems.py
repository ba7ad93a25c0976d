"""Every error leaves as problem details (RFC 9457) in the caller's language, and none with a trace of our code."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, request
from werkzeug.exceptions import HTTPException

from events.errors import ExchangeError
from exchange.http.correlation import reference
from exchange.translations import Language, choose, known, text
from schemas.v1.wire import MOST_FAULTS, Fault

LONGEST_FIELD = 200  # a field that nobody asked for may have any name
LONGEST_WHY = 200
LONGEST_VALUE = 100  # and hold anything
_LISTS = frozenset({"choices", "codes", "allowed"})  # of what may stand there: ours, and whole
RETRY_AFTER = "2"  # seconds: a database that is started anew needs no more, as a rule
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
    app.after_request(_told_in)
    app.register_error_handler(ExchangeError, _ours)
    app.register_error_handler(HTTPException, _of_the_framework)
    app.register_error_handler(Exception, _unexpected)


def problem(error: ExchangeError, most: int = MOST_FAULTS) -> dict[str, Any]:
    """The problem details of an error of ours. `most`: faults that are named, the first of them."""
    if error.status >= 500:
        return _details(error.code, error.status, ())
    found = list(islice((fault for each in error.faults for fault in _fault(each)), most))
    return _details(error.code, error.status, found, str(error.rule or ""), _shown(error.details))


def answer(details: Mapping[str, Any], headers: Iterable[tuple[str, str]] = ()) -> Response:
    """A response that carries problem details."""
    response = jsonify(details)
    response.status_code = int(details["status"])
    response.mimetype = MEDIA_TYPE
    response.headers["Cache-Control"] = "no-store"
    for name, value in headers:
        response.headers[name] = value
    if response.status_code == 503:
        response.headers["Retry-After"] = RETRY_AFTER
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="exchange"'
    return response


def handled(error: Exception) -> Response:
    """The answer to any error, for pages that say the same in their own way; what is our own is in the log then."""
    if isinstance(error, ExchangeError):
        return _ours(error)
    return _of_the_framework(error) if isinstance(error, HTTPException) else _unexpected(error)


def of_status(status: int) -> Response:
    """The answer where nothing but a status is known: what is none of ours is the request's fault, if not our own."""
    if status == 500:
        return answer(_details("error", 500, ()))
    status = status if status in CODES else 400
    return answer(_details(CODES[status], status, ()))


def language() -> Language:
    """The language of the answer."""
    if "language" not in g:
        g.language = choose(request.headers.get("Accept-Language"))
    found: Language = g.language
    return found


def _told_in(response: Response) -> Response:
    """What holds texts says in which language: problems, also those inside the answer to a batch."""
    if "language" in g:
        response.headers.setdefault("Content-Language", language())
        response.vary.add("Accept-Language")
    return response


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
        told["errors"] = [_named(fault, spoken) for fault in faults]
    return told


def _named(fault: Fault, spoken: Language) -> dict[str, str]:
    """The fault with its value, where the rule names one: rules about personal data do not."""
    value = fault.details.get("value")
    return {
        "field": fault.field[:LONGEST_FIELD] or "$",
        "rule": fault.rule,
        "message": text(fault.rule, spoken, **{**fault.details, "field": fault.field[:LONGEST_FIELD]}),
        **({"value": value} if isinstance(value, str) and value else {}),
    }


def _fault(error: ExchangeError) -> Iterable[Fault]:
    """The field at fault. What breaks no narrower rule breaks that of its code."""
    if error.field is not None:
        yield Fault(error.field, error.rule or error.code, {"field": error.field, **_shown(error.details)})


def _shown(details: Mapping[str, object]) -> dict[str, object]:
    """The values that a text may name, no longer than one is read; what may stand there is ours, and whole."""
    return {
        name: value[:LONGEST_VALUE] if isinstance(value, str) and name not in _LISTS else value
        for name, value in details.items()
    }


def _ours(error: ExchangeError) -> Response:
    if error.status == 503:  # which passes by itself, and comes with each request while it lasts: a line is enough
        _log.error("failed", reference=reference(), code=error.code, rule=error.rule, why=_why(error))
    elif error.status >= 500:
        _log.error("failed", reference=reference(), code=error.code, rule=error.rule, trace=_trace(error))
    wait = error.details.get("wait") if error.status == 429 else None
    return answer(problem(error), [] if wait is None else [("Retry-After", str(wait))])


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
    return of_status(500)


def _why(error: BaseException) -> str:
    """What the first cause says of itself, for instance the database's client: its first line."""
    while error.__cause__ is not None:
        error = error.__cause__
    return next(iter(str(error).splitlines()), "")[:LONGEST_WHY]


def _trace(error: Exception) -> str:
    """Where it happened, without the values of variables: those may be personal data."""
    return "".join(traceback.format_exception(error))
