"""Facts about offices; they stand in every book."""

from __future__ import annotations

from events.catalogue.fact import Fact
from events.catalogue.values import Office, Text


class Opened(Fact, frozen=True, tag="jurisdiction.opened", kw_only=True):
    """An office opens, or joins the exchange."""

    name: Text


class Renamed(Fact, frozen=True, tag="jurisdiction.renamed", kw_only=True):
    """The office has another name from this day on."""

    name: Text


class Succeeded(Fact, frozen=True, tag="jurisdiction.succeeded", kw_only=True):
    """The subject was merged into another office, or split; `allotment` names the dossiers given to each."""

    to: tuple[Office, ...]
    allotment: dict[str, Office] = {}


class Closed(Fact, frozen=True, tag="jurisdiction.closed", kw_only=True):
    """The office ends without a successor."""
