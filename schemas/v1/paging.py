"""Pages: an opaque cursor that leads on, and a limit with a cap."""

from __future__ import annotations

from schemas.v1 import fields
from schemas.v1.wire import Wire

MOST_ROWS = 200
CURSOR = r"^[A-Za-z0-9_-]{1,400}$"


class PageQuery(Wire):
    """Which page."""

    cursor = fields.Formed(CURSOR, "cursor.form", most=400, metadata={"description": "`next` of the page before."})
    limit = fields.Count(1, MOST_ROWS, load_default=50, metadata={"description": "Rows in a page."})


class Page(Wire):
    """A page; `next` is none on the last."""

    next = fields.Formed(CURSOR, most=400, allow_none=True, required=True)
