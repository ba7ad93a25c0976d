"""What the server refuses by itself, before the application sees it: told as any other problem, in the same form."""

from __future__ import annotations

from flask import Flask, Response, g

from exchange.http import problems
from exchange.translations import LANGUAGES


def refusal(app: Flask, status: int, language: str | None = None) -> Response:
    """The answer to a request that could not be read. `language`: its header Accept-Language, as far as it was read.

    Where the header was not come to, nobody knows how the caller reads: the texts are told in each of our languages.
    """
    if language is not None:
        with app.test_request_context(headers={"Accept-Language": language}):
            return app.process_response(problems.of_status(status))
    with app.test_request_context():
        told = []
        for g.language in LANGUAGES:
            answer = problems.of_status(status)
            told.append(answer.get_json())
        both = {name: " ".join(dict.fromkeys(each[name] for each in told)) for name in ("title", "detail")}
        answer.set_data(app.json.dumps({**told[-1], **both}))
        answer.headers["Content-Language"] = ", ".join(LANGUAGES)
        return app.process_response(answer)
