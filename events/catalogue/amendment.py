"""Amendments: each names the earlier event; nothing is ever edited."""

from __future__ import annotations

from typing import Any

from events.catalogue.fact import Fact
from events.catalogue.values import Code
from events.envelope import Ref


class Corrected(Fact, frozen=True, tag="event.corrected", kw_only=True):
    """Fields were recorded wrongly; the right values hold from the first day. `effective_on` is a field too."""

    target: Ref
    set: dict[str, Any] = {}
    fields: tuple[str, ...] = ()  # the names in `set`, in the clear, for those who may not see the values
    ground: Code | None = None


class Retracted(Fact, frozen=True, tag="event.retracted", kw_only=True):
    """The fact is taken back."""

    target: Ref
    ground: Code | None = None
