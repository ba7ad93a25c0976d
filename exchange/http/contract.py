"""The OpenAPI 3.1 document: what the routes and schemas say, completed by what all operations share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from exchange.access.purposes import PURPOSES
from schemas.v1.contents import RECORDABLE, components

_OPERATIONS = ("get", "post")
_HEADERS: Mapping[str, dict[str, Any]] = {
    "Exchange-Purpose": {
        "description": "Why the person is read; or the query parameter `purpose`. One of the two is required.",
        "schema": {"type": "string", "enum": list(PURPOSES)},
        "example": "registration",
    },
    "Exchange-Office": {
        "description": "The office spoken for, where the key holds more than one.",
        "schema": {"type": "string", "pattern": "^[0-9]{12}$"},
    },
    "Exchange-Actor": {
        "description": "Who acts in the caller's own system; kept with what is recorded and read.",
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$"},
    },
    "Accept-Language": {"description": "zh-CN or en.", "schema": {"type": "string"}, "example": "zh-CN"},
    "X-Request-Id": {"description": "A reference of your own, told back.", "schema": {"type": "string"}},
    "If-Match": {
        "description": "The ETag of the record that the act rests on; 412 where it moved on.",
        "schema": {"type": "string", "pattern": '^"[!#-~]{1,100}"$'},
        "example": '"2"',
    },
    "If-None-Match": {"description": "The ETag of the record held: 304 where it stands.", "schema": {"type": "string"}},
}
_SHARED = ("Exchange-Office", "Exchange-Actor", "Accept-Language", "X-Request-Id")
_PROBLEMS: Mapping[int, tuple[str, str]] = {
    400: ("malformed", "The body is no JSON that can be taken."),
    401: ("unauthenticated", "No key, or none that is valid."),
    403: ("forbidden", "The key does not allow this."),
    404: ("not_found", "There is nothing here for the caller."),
    409: ("illegal", "At odds with the office's own book, or the id was used for something else."),
    410: ("erased", "The person's data were erased."),
    412: ("stale_version", "The record moved on since it was read."),
    413: ("too_large", "The body is larger than this operation takes."),
    415: ("unsupported_media_type", "The body is not said to be JSON in UTF-8."),
    422: ("malformed", "Fields break their rules; each is named."),
    429: ("too_many_lookups", "The office has looked up as many newcomers within an hour as it may."),
    500: ("error", "A fault of ours; the reference finds it in our log. Nothing was changed."),
    503: (
        "unavailable",
        "The database is busy, full or away, or too much came at once. Send it again under the same id.",
    ),
}
_RETRY_AFTER = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
INFO = (
    "The docking platform between the registration place and the residence place of every resident who moves. "
    "Offices record events; the exchange tells every office concerned; the office asked confirms or disputes.\n\n"
    "户籍地与居住地之间的对接平台：各单位登记事实，平台通知相关单位，被询问的单位确认或提出异议。"
)


def complete(document: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The document with keys, shared headers, problems and the contents of each type of event.

    `names`: the Chinese descriptions of the tags.
    """
    shared = document.setdefault("components", {})
    shared["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer", "bearerFormat": "xk_<id>_<secret>"}}
    shared["parameters"] = {name: {"name": name, "in": "header", **told} for name, told in _HEADERS.items()}
    shared["responses"] = {f"Problem{status}": _problem(status) for status in _PROBLEMS}
    for operation in operations(document):
        _complete_operation(operation)
    for tag in document.get("tags", []):
        tag["x-description-zh"] = names.get(tag["name"], "")
    by_type, definitions = components()
    schemas = shared["schemas"]
    schemas.update(definitions)
    for name in ("Event", "BatchedEvent"):
        schemas[name]["oneOf"] = [
            {
                "title": type_,
                "properties": {"type": {"const": type_}, "with": {"$ref": by_type[type_]}},
                "required": ["type", "with"],
            }
            for type_ in RECORDABLE
        ]
        schemas[name]["unevaluatedProperties"] = schemas[name].pop("additionalProperties", False)
    schemas["Problem"]["description"] = "RFC 9457. `code` and `rule` are stable; the other texts are for people."
    return document


def operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation of the document."""
    for path in document["paths"].values():
        yield from (path[method] for method in _OPERATIONS if method in path)


def _complete_operation(operation: dict[str, Any]) -> None:
    headers = [*operation.pop("x-headers", []), *(_SHARED if operation["x-roles"] else _SHARED[2:])]
    references = [{"$ref": f"#/components/parameters/{name}"} for name in headers]
    operation["parameters"] = [*operation.get("parameters", []), *references]
    operation["security"] = [{"key": []}] if operation["x-roles"] else []
    responses = operation["responses"]
    responses.pop("default", None)
    for status in operation.pop("x-problems", []):
        responses[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    if "If-None-Match" in headers:
        responses["304"] = {"description": "The version held is the latest."}
        responses["200"]["headers"] = {"ETag": {"description": "Version of the record.", "schema": {"type": "string"}}}


def _problem(status: int) -> dict[str, Any]:
    code, meaning = _PROBLEMS[status]
    example: dict[str, Any] = {
        "type": f"/docs#problem-{code}",
        "code": code,
        "status": status,
        "title": HTTPStatus(status).phrase,
        "detail": meaning,
        "instance": "01936b5e-7c40-7cc3-98c4-dc0c0c07398f",
    }
    if status == 422:
        example["errors"] = [
            {"field": "effective_on", "rule": "schema.day", "message": "This is no day of the calendar (YYYY-MM-DD)."}
        ]
    schema = {"$ref": "#/components/schemas/Problem"}
    told = {"description": meaning, "content": {"application/problem+json": {"schema": schema, "example": example}}}
    return {**told, "headers": {"Retry-After": _RETRY_AFTER}} if status in {429, 503} else told
