"""How a route is written: its path, what it takes and gives, an example of each, in one place beside its code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from flask import current_app
from flask_smorest import Blueprint

from exchange.http.allows import PUBLIC, declared
from exchange.http.parsing import StrictParser
from exchange.http.use_cases import UseCases
from schemas.v1.wire import Wire

View = TypeVar("View", bound=Callable[..., Any])
_FILE = {"type": "string", "format": "binary"}
ALWAYS = (401, 403, 422, 500, 503)


class Resource:
    """The routes of one resource under `/v1`. `chinese`: its description for readers of Chinese."""

    def __init__(self, name: str, english: str, chinese: str) -> None:
        self.chinese = chinese
        self.name = name
        self.blueprint: Any = Blueprint(name, __name__, url_prefix="/v1", description=english)
        self.blueprint.ARGUMENTS_PARSER = StrictParser()

    def get(self, path: str, **operation: Any) -> Callable[[View], View]:
        """A read."""
        return self._route("GET", path, **operation)

    def post(self, path: str, **operation: Any) -> Callable[[View], View]:
        """A write, or a read whose question must not stand in an address."""
        return self._route("POST", path, **operation)

    def _route(
        self,
        method: str,
        path: str,
        *,
        summary: tuple[str, str],
        answer: type[Wire] | None = None,
        example: Mapping[str, Any] | None = None,
        file: str = "",
        status: int = 200,
        repeats: bool = False,
        query: type[Wire] | None = None,
        body: type[Wire] | None = None,
        asks: Mapping[str, Mapping[str, Any]] | None = None,
        problems: tuple[int, ...] = (),
        purpose: bool = False,
        headers: tuple[str, ...] = (),
    ) -> Callable[[View], View]:
        """`summary`: English and Chinese. `asks`: examples of the body by name. `problems`: statuses beyond the usual.

        `file`: the type of what is answered, where that is no JSON. `repeats`: a repeated request answers 200 with the
        first result. `headers`: shared parameters by name.
        """

        def register(view: View) -> View:
            roles = declared(view)
            if roles is None:
                raise ValueError(f"{path} does not say who may call it")
            usual = (500, 503) if roles == PUBLIC else ALWAYS
            taking = (400, 413, 415) if body else ()
            told: dict[str, Any] = {
                "summary": summary[0],
                "description": (view.__doc__ or summary[0]).strip(),
                "operationId": view.__name__,
                "x-summary-zh": summary[1],
                "x-roles": sorted(roles),
                "x-headers": [*headers, *(["Exchange-Purpose"] if purpose else [])],
                "x-problems": sorted({*usual, *taking, *problems}),
            }
            blueprint = self.blueprint
            done: Any = view
            if query is not None:
                done = blueprint.arguments(query(), location="query")(done)  # made once, not for each request
            if body is not None:
                done = blueprint.arguments(body(), examples={k: {"value": v} for k, v in (asks or {}).items()})(done)
            if repeats:
                done = blueprint.alt_response(200, schema=answer, success=True, example=example)(done)
            if file:
                done = blueprint.response(status, _FILE, content_type=file, example="…")(done)
            else:
                done = blueprint.response(status, answer, example=example)(done)
            done = blueprint.doc(**told)(done)
            return cast("View", blueprint.route(path, methods=[method])(done))

        return register


def use_cases() -> UseCases:
    """The use cases of the node that this app serves."""
    found: UseCases = current_app.extensions["exchange_use_cases"]
    return found
