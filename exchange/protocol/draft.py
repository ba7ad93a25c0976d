"""A fact that follows, before it is made into an event. Pure data."""

from __future__ import annotations

import msgspec

from events.catalogue.fact import Fact
from events.envelope import Ref


class Draft(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A fact that is about to be recorded by the office's system actor."""

    id: str
    person: str
    payload: Fact
    because: Ref
    touches: tuple[str, ...] = ()
    day: str | None = None  # where it holds from the day of its cause, and not from that on which it is recorded
    after: int = 0  # the stamp of a cause that stands in another dossier
