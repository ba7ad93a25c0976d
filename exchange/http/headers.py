"""Headers of every answer: nothing is loaded from elsewhere, framed, sniffed or kept by caches."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, Response, request

_ALONE = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
_READ = f"{_ALONE}; style-src 'self'; img-src 'self'; form-action 'self'"
PAGES = f"{_READ}; script-src 'self'"
_DEFAULTS: Mapping[str, str] = {
    "Content-Security-Policy": _ALONE,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Vary": "Accept-Language",
}


def install(app: Flask) -> None:
    """A route that says something stricter or other keeps its word."""
    app.after_request(_complete)


def _complete(response: Response) -> Response:
    if response.mimetype == "text/html":
        response.headers.setdefault("Content-Security-Policy", _READ)
    for name, value in _DEFAULTS.items():
        response.headers.setdefault(name, value)
    if request.path.startswith("/v1/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
