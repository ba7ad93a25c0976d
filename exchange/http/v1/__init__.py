"""Version 1 of the API, one module a resource."""

from __future__ import annotations

from exchange.http.routes import Resource
from exchange.http.v1 import cases, checks, duplicates, events, feed, inbox, jurisdictions, letters, persons, status

RESOURCES: tuple[Resource, ...] = tuple(
    module.resource
    for module in (events, persons, inbox, cases, letters, duplicates, feed, jurisdictions, checks, status)
)

__all__ = ["RESOURCES"]
