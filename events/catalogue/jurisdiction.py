"""Facts about offices; they stand in every book."""

from __future__ import annotations

from events.catalogue.fact import Fact
from events.catalogue.values import Office, Text


class Opened(Fact, tag="jurisdiction.opened"):
    """An office opens, or joins the exchange."""

    name: Text


class Renamed(Fact, tag="jurisdiction.renamed"):
    """The office has another name from this day on."""

    name: Text


class Succeeded(Fact, tag="jurisdiction.succeeded"):
    """The subject was merged into another office, or split; `allotment` names the dossiers given to each."""

    to: tuple[Office, ...]
    allotment: dict[str, Office] = {}


class Closed(Fact, tag="jurisdiction.closed"):
    """The office ends without a successor."""
