"""The move of a household registration."""

from __future__ import annotations

from typing import Literal

import msgspec

from events.catalogue.fact import Fact
from events.catalogue.values import Address, Place
from events.envelope import Ref


class RegistrationChanged(Fact, frozen=True, tag="registration.changed", kw_only=True):
    """Household registration gained (`from` none), moved, or ended (`to` none)."""

    from_: Place | None = msgspec.field(name="from", default=None)
    to: Place | None = None
    ground: Literal[
        "birth",
        "moved",
        "naturalised",
        "restored",
        "settled_abroad",
        "nationality_lost",
        "duplicate",
        "false_entry",
        "other",
    ]
    address: Address | None = None  # the registered address; begins no stay
    previous: Ref | None = None  # the move before
