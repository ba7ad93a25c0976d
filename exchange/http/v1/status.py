"""What the node does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange.http.allows import allows
from exchange.http.routes import Resource, use_cases
from schemas.v1.node import StatusSchema

resource = Resource("status", "What the node does.", "节点运行情况。")


@resource.get(
    "/status",
    summary=("Counts and lag", "数量与延迟"),
    answer=StatusSchema,
    example={
        "at": "2026-03-02T03:04:05.000000Z",
        "offices": ["420000000000"],
        "holding": 20,
        "events": 12000,
        "pending": 0,
        "deliveries": 15000,
        "notices": 9000,
        "persons": 1000,
        "open_cases": 120,
        "dirty": 0,
        "lag_events": 0,
        "lag_seconds": 0,
    },
)
@allows("operator", "auditor", "supervisor")
def read_status() -> Mapping[str, Any]:
    """Offices served, events, notices, open cases, and how far forwarding lags behind."""
    return use_cases().status()
