"""A stored frame as far as a plain life reads it: nothing else of its bytes is decoded. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from events.catalogue.values import Place, StayKind
from events.envelope import Ref


class Spot(msgspec.Struct, frozen=True, gc=False):
    """A place as it is stored, its codes unchecked: what is in the log was checked when it came."""

    kind: Literal["town", "abroad", "unknown", "no_fixed_abode", "birth"]
    code: str | None = None
    country: str | None = None
    last: str | None = None

    def place(self) -> Place:
        return Place(self.kind, self.code, self.country, self.last)


class Named(msgspec.Struct, frozen=True, gc=False):
    """The name of a stay as it is stored."""

    stay: Ref | None = None
    town: str | None = None


class Facts(msgspec.Struct, frozen=True, gc=False):
    """The clear facts that are read of a line, of whatever type."""

    kind: StayKind | None = None
    registration: Spot | None = None
    ends: tuple[Named, ...] = ()
    continues: Named | None = None
    destination: Spot | None = None
    opens: bool = False
    from_: Spot | None = msgspec.field(name="from", default=None)
    to: Spot | str | None = None
    stay_until: str | None = None
    tie: str | None = None
    particulars: Mapping[str, Any] = {}
    set: Mapping[str, Any] = {}
    stated: Mapping[str, Any] = {}
    fields: tuple[str, ...] = ()


class Line(msgspec.Struct, frozen=True, gc=False):
    """One stored frame, as far as a plain life reads it."""

    id: str
    type: str
    schema: int
    subject: tuple[str, str]
    author: str
    effective_on: str
    stamp: int
    facts: Facts
    stay: Ref | None = None
    target: Ref | None = None
    commitments: msgspec.Raw = msgspec.Raw()


line_of = msgspec.json.Decoder(Line).decode
