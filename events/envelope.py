"""The envelope of an event: everything that is said about a fact beside the fact itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from events.once import once

Part = Literal["identity", "cohort", "address", "contact", "remarks"]
PARTS: tuple[Part, ...] = ("identity", "cohort", "address", "contact", "remarks")

SYSTEM_ACTOR = "system"


class Ref(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False, cache_hash=True):
    """A reference to an event: its author and its id (DESIGN.md K3)."""

    author: str
    id: str

    def __str__(self) -> str:
        return f"{self.author}/{self.id}"


class Subject(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """What an event is about."""

    kind: Literal["person", "jurisdiction"]
    id: str


class Envelope(msgspec.Struct, frozen=True, kw_only=True, dict=True, omit_defaults=True):
    """Clear frame of one event, in the canonical order of its fields.

    `stamp`: microseconds, hybrid clock. `recorded_at`: ISO 8601 UTC, information only. `version`: gap-free
    position in the stream (subject, author). `facts`: the clear part of the payload. `commitments`: hex
    SHA-256 by part.
    """

    id: str
    type: str
    schema: int
    subject: Subject
    touches: tuple[str, ...] = ()
    stay: Ref | None = None
    author: str
    actor: str
    effective_on: str
    stamp: int
    recorded_at: str
    version: int
    target: Ref | None = None
    because: Ref | None = None
    submission: str
    facts: Mapping[str, Any]
    commitments: Mapping[str, str] = {}

    @once
    def ref(self) -> Ref:
        return Ref(self.author, self.id)

    @property
    def automatic(self) -> bool:
        """Recorded by the office's system actor, as a consequence of `because`."""
        return self.actor == SYSTEM_ACTOR
