"""Version 1 of the API, one module a resource."""

from __future__ import annotations

from exchange.http.routes import Resource
from exchange.http.v1 import cases, checks, events, feed, inbox, jurisdictions, persons, status

RESOURCES: tuple[Resource, ...] = tuple(
    module.resource for module in (events, persons, inbox, cases, feed, jurisdictions, checks, status)
)

__all__ = ["RESOURCES"]
