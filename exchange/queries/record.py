"""The record of a person as one office sees it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from exchange.access.caller import Caller
from exchange.protocol.sheet import sheet
from exchange.queries.open_dossier import open_dossier

if TYPE_CHECKING:
    from exchange.node import Node


def record(
    node: Node,
    caller: Caller,
    purpose: str,
    person: str,
    office: str | None = None,
    *,
    known_at: datetime | None = None,
) -> dict[str, Any]:
    """The sheet, with its `etag`. Raises as `open_dossier` does."""
    opened = open_dossier(node, caller, purpose, person, office=office, known_at=known_at)
    return {**sheet(opened.record, person), "etag": opened.etag}
