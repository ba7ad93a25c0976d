"""Cursors that callers need not understand, and the links between pages."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import request

from events.errors import Malformed
from exchange.http.use_cases import Slice

_VERSION = "1"
_NEVER_OURS = re.compile(r"\\|\d{19}|[^ -~]")  # no position holds an escape, or a number that a store cannot


def position(cursor: str | None, route: str) -> str | None:
    """The position that a cursor of this route stands for. Raises Malformed: cursor.form, for any other text."""
    if cursor is None:
        return None
    try:
        data = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise Malformed(field="cursor", rule="cursor.form") from None
    version, _, rest = data.partition(":")
    of, _, where = rest.partition(":")
    known = version == _VERSION and of == route and where != "" and cursor_of(where, route) == cursor
    if not known or _NEVER_OURS.search(where):
        raise Malformed(field="cursor", rule="cursor.form")
    return where


def number(cursor: str | None, route: str, *, signed: bool = False) -> int:
    """Likewise where the position is a number, below zero only where it is `signed`; 0 at the beginning."""
    where = position(cursor, route) or "0"
    if not re.fullmatch(r"-?[0-9]{1,18}" if signed else r"[0-9]{1,15}", where):
        raise Malformed(field="cursor", rule="cursor.form")
    return int(where)


def cursor_of(where: str, route: str) -> str:
    """The cursor of a position; it says of which route it is, so that it leads nowhere on another."""
    return base64.urlsafe_b64encode(f"{_VERSION}:{route}:{where}".encode()).decode().rstrip("=")


def page(found: Slice, route: str) -> tuple[dict[str, Any], int, dict[str, str]]:
    """The body, the status and the headers of a page."""
    following = None if found.next is None else cursor_of(found.next, route)
    return {"items": found.rows, "next": following}, 200, link(following)


def link(following: str | None) -> dict[str, str]:
    """The header that names the next page (RFC 8288)."""
    if following is None:
        return {}
    query: Mapping[str, str] = {**request.args.to_dict(), "cursor": following}
    return {"Link": f'<{request.path}?{urlencode(query)}>; rel="next"'}
