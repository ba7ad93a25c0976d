"""An event as a book holds it: the envelope, and the payload as far as the held parts tell it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from events.catalogue import content_of, fact_of
from events.catalogue.fact import Fact
from events.envelope import Envelope, Part, Ref
from events.errors import Malformed, Tampered
from events.parts import NESTED, merge, split, within
from events.upcasts import upcast

CORRECTED = "event.corrected"
# What comes of reading whatever stands where a fact should.
NO_FACT = (Malformed, AttributeError, KeyError, TypeError, ValueError, RecursionError)


class Event(msgspec.Struct, frozen=True, gc=False):
    """One event with its typed payload. `parts` are those that are held (all, for the author)."""

    frame: Envelope
    payload: Fact
    parts: frozenset[Part]

    @property
    def ref(self) -> Ref:
        return self.frame.ref

    @property
    def author(self) -> str:
        return self.frame.author

    @property
    def person(self) -> str:
        return self.frame.subject.id


def parts_of(fact: Fact) -> tuple[dict[str, Any], dict[Part, dict[str, Any]]]:
    """The clear facts and the parts of a payload; `stay` and `target` are left to the envelope."""
    facts, parts = split(fact.type, content_of(fact))
    facts.pop("stay", None)
    facts.pop("target", None)
    return facts, parts


def opened(frame: Envelope, parts: Mapping[Part, Mapping[str, Any]]) -> Event:
    """The event as far as `parts` tell it. Stored content of an older schema is lifted first."""
    content = merge(frame.facts, parts)
    if frame.stay is not None:
        content["stay"] = frame.stay
    if frame.target is not None:
        content["target"] = frame.target
    content = upcast(frame.type, frame.schema, content)
    return Event(frame, fact_of(frame.type, content), _unsealed(frame).union(parts))


def _unsealed(frame: Envelope) -> frozenset[Part]:
    """The parts of which values stand among the clear facts: what a correction set as a whole was not sealed once.

    No event is rewritten; but nobody who was not told these parts is shown the values.
    """
    changes = frame.facts.get("set") if frame.type == CORRECTED else None
    if not isinstance(changes, Mapping) or NESTED.isdisjoint(changes):
        return frozenset()
    return frozenset(split(frame.type, frame.facts)[1])


def restricted(event: Event, allowed: frozenset[Part]) -> Event:
    """The event as an office sees it that was delivered only `allowed` parts.

    Raises Tampered where the frame says nothing of which parts can be told.
    """
    if event.parts <= allowed:
        return event
    held, payload = event.parts & allowed, event.payload
    try:
        return Event(event.frame, fact_of(payload.type, within(payload.type, content_of(payload), held)), held)
    except NO_FACT as error:
        raise Tampered(field="frame", rule="frame.form") from error


def united(one: Event, other: Event) -> Event:
    """The event as far as two sights of it together tell it."""
    if other.parts <= one.parts:
        return one
    _, shown = split(other.payload.type, content_of(other.payload))
    facts, mine = split(one.payload.type, content_of(one.payload))
    # Splitting derives a year of birth from an identity: only what a sight really holds may speak for a part.
    more = {part: held for part, held in shown.items() if part in other.parts}
    parts = {part: held for part, held in mine.items() if part in one.parts}
    return Event(one.frame, fact_of(one.payload.type, merge(facts, {**more, **parts})), one.parts | other.parts)
