"""Requests become plain data here, strictly, before anything else is touched."""

from __future__ import annotations

from typing import Any, NoReturn

import marshmallow
from flask import Request
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import HTTPException

from events.canonical import WHOLE, decode
from events.errors import ExchangeError, Malformed, Several
from exchange.http import room
from exchange.http.judging import all_wrong
from schemas.v1.wire import Wire, faults, let_go


class Unreadable(Malformed):
    """The body is no JSON that can be taken."""

    status = 400


class WrongMedia(ExchangeError):
    """The body is said to be something else than plain JSON in UTF-8."""

    code = "unsupported_media_type"
    status = 415


class TooLarge(ExchangeError):
    """The body is larger than this operation takes."""

    code = "too_large"
    status = 413


# Each stands for a value or a name: together they say how many objects a body becomes, some of ten times their bytes.
_SIGNS = (b",", b":", b"[", b"{")
MOST_SIGNS = 500_000


class StrictParser(FlaskParser):
    """Bodies by the decoder of the stored form, unknown fields refused in every place."""

    DEFAULT_UNKNOWN_BY_LOCATION: dict[str, str | None] = {}  # noqa: RUF012  # so declared by webargs

    def load_json(self, req: Request, schema: marshmallow.Schema) -> Any:
        return read_json(req, schema.max_bytes if isinstance(schema, Wire) else Wire.max_bytes)

    def load_querystring(self, req: Request, schema: marshmallow.Schema) -> Any:
        twice = [name for name, values in req.args.lists() if len(values) > 1]
        if twice:
            raise Several([Malformed(field=name, rule="schema.twice") for name in twice])
        return req.args.to_dict()

    def handle_error(
        self, error: marshmallow.ValidationError, req: Request, schema: marshmallow.Schema, **_: Any
    ) -> NoReturn:
        let_go(error)
        messages = error.messages
        below = next(iter(messages.values())) if isinstance(messages, dict) else messages
        raise all_wrong(schema, error.data, faults(below)) from None


def read_json(req: Request, most: int) -> Any:
    """The body as plain data. Raises WrongMedia, TooLarge, Unreadable, Crowded."""
    parameters = {name.lower(): value.lower() for name, value in req.mimetype_params.items()}
    if req.mimetype != "application/json":
        raise WrongMedia(rule="media.type")
    if parameters.get("charset", "utf-8") not in {"utf-8", "utf8"}:
        raise WrongMedia(rule="media.charset")
    if req.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise WrongMedia(rule="media.encoding")
    if (req.content_length or 0) > most:
        raise TooLarge(rule="body.size", limit=most)
    room.enter(most if req.content_length is None else req.content_length)
    data = _read(req, most)
    if len(data) > most:
        raise TooLarge(rule="body.size", limit=most)
    if sum(map(data.count, _SIGNS)) > MOST_SIGNS:
        raise TooLarge(rule="body.signs", limit=MOST_SIGNS)
    try:
        return decode(data, limit=most)
    except Malformed as error:
        raise Unreadable(field=error.field, rule=error.rule, **error.details) from None


def _read(req: Request, most: int) -> bytes:
    """A body of unstated length is read no further than one byte beyond what may come."""
    try:
        return req.stream.read(most + 1)
    except HTTPException:
        raise
    except Exception as error:  # each server has its own for a body that breaks off, or is cut wrong
        raise Unreadable(field=WHOLE, rule="body.broken") from error
