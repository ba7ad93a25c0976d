"""What the server refuses by itself, before the application sees it: told as any other problem, in the same form."""

from __future__ import annotations

from flask import Flask, Response

from exchange.http import problems


def refusal(app: Flask, status: int, language: str | None = None) -> Response:
    """The answer to a request that could not be read. `language`: its header Accept-Language, as far as it was read."""
    headers = {"Accept-Language": language} if language else {}
    with app.test_request_context(headers=headers):
        return app.process_response(problems.of_status(status))
