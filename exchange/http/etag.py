"""Versions of records on the wire: ETag, If-Match, If-None-Match (RFC 9110, sections 8.8.3 and 13)."""

from __future__ import annotations

import re

from flask import request

from events.errors import Malformed

_STRONG = re.compile(r'"([\x21\x23-\x7e]{1,100})"')


def quoted(version: str) -> str:
    """The ETag of a version."""
    return f'"{version}"'


def if_match() -> str | None:
    """The version that the caller's decision rests on. Raises Malformed: header.if_match, where it is not one ETag."""
    given = request.headers.get("If-Match")
    if given is None:
        return None
    found = _STRONG.fullmatch(given.strip())
    if found is None:
        raise Malformed(field="If-Match", rule="header.if_match")
    return found[1]


def unchanged(version: str) -> bool:
    """Whether the caller holds this version already."""
    return request.if_none_match.contains(version)
