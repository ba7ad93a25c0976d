"""The documents of the API: the OpenAPI document, and the same as a page that needs no script and no foreign asset."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, render_template, request

from events.errors import ExchangeError
from exchange.http.allows import public
from exchange.http.problems import CODES, language
from exchange.translations import CHINESE, LANGUAGES, language_of, text
from exchange.translations.contract import in_chinese

_MARK = "console.mark"  # the sign of the page, where that is served beside

blueprint = Blueprint("docs", __name__, template_folder="templates")


@blueprint.get("/openapi.json")
@public
def openapi() -> Response:
    """The OpenAPI 3.1 document."""
    return jsonify(_document())


@blueprint.get("/docs")
@public
def page() -> str:
    """The document for people, in Chinese or English."""
    spoken = language_of(request.args.get("lang", "")) or language()
    document = _document()
    tags = [
        {**tag, "about": tag["x-description-zh"] if spoken == CHINESE else tag["description"]}
        for tag in document["tags"]
    ]
    return render_template(
        "docs.html",
        document=document,
        tags=tags,
        operations=list(operations(document)),
        types=_types(document),
        problems=sorted(_codes(), key=lambda found: (found[1], found[0])),
        mark=_MARK if _MARK in current_app.view_functions else None,
        lang=spoken,
        languages=LANGUAGES,
        say=lambda key, **details: text(f"docs.{key}", spoken, **details),
        tell=lambda code: text(code, spoken),
        speak=in_chinese if spoken == CHINESE else str,
        resolve=lambda schema: resolve(document, schema),
        kind=kind,
    )


def resolve(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a reference refers to."""
    while "$ref" in schema:
        found: Any = document
        for step in schema["$ref"].removeprefix("#/").split("/"):
            found = found[step]
        schema = found
    return schema


def kind(schema: Mapping[str, Any]) -> str:
    """The kind of a value in one or two words."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[1])
    if "const" in schema:
        return repr(schema["const"])
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    if options := schema.get("anyOf"):
        return " | ".join(kind(each) for each in options)
    if schema.get("type") == "array" and "items" in schema:
        return f"[{kind(schema['items'])}]"
    named = schema.get("type", "any")
    return " | ".join(named) if isinstance(named, list) else str(named)


def _document() -> dict[str, Any]:
    found: dict[str, Any] = current_app.extensions["exchange_contract"]()
    return found


def operations(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every operation, with its path and method."""
    for path, methods in document["paths"].items():
        for method in ("get", "post"):
            if method in methods:
                yield {**methods[method], "path": path, "method": method.upper()}


def _types(document: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    options = document["components"]["schemas"]["Event"]["oneOf"]
    return [(each["title"], resolve(document, each["properties"]["with"])) for each in options]


def _codes() -> Iterator[tuple[str, int]]:
    """Every stable code with its status: those of our errors, and those for what the framework refuses."""
    waiting: list[type[ExchangeError]] = [ExchangeError]
    seen: dict[str, int] = {}
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        seen.setdefault(each.code, each.status)
    for status, code in CODES.items():
        seen.setdefault(code, status)
    yield from seen.items()
