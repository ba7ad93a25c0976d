"""Where a notice stands, as it stands in a path."""

from __future__ import annotations

import re

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

_DIGITS = 18  # no longer number fits every store
POSITION = re.compile(rf"-?[0-9]{{1,{_DIGITS}}}")


class Position(IntegerConverter):
    """Below zero are those of offices that the caller's office took over."""

    regex = POSITION.pattern

    def __init__(self, of: Map) -> None:
        most = 10**_DIGITS - 1
        super().__init__(of, min=-most, max=most)
        self.signed = True  # as the expression says by itself


def install(app: Flask) -> None:
    """Let paths have a `<position:…>`."""
    app.url_map.converters["position"] = Position
