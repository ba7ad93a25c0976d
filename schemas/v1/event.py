"""Recording events: one, or a batch; and what became of each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, ClassVar

from marshmallow import ValidationError, validates_schema

from schemas.v1 import fields
from schemas.v1.contents import RECORDABLE, content_faults
from schemas.v1.problem import ProblemSchema
from schemas.v1.wire import MOST_FAULTS, Fault, Wire, faults, invalid

_IN_EVENT = re.compile(r"events\.(\d+)(?:\.(.+))?")
MOST_ITEMS = 1000
# Events that may stand without a person: they open a dossier, ask about a stranger, or their case says who is meant.
PERSON_KNOWN = ("person.registered", "movement.arrived", "case.", "enquiry.")


class EventSchema(Wire):
    """One event. Which office records it follows from the key; its stamp and its place in the log are given here."""

    id = fields.event_id(metadata={"description": "UUIDv7 chosen by the client; makes a repeated request harmless."})
    type = fields.choice(*RECORDABLE, required=True, metadata={"description": "A type of the catalogue."})
    person = fields.identifier(metadata={"description": "May be left out by what opens a dossier or speaks of a case."})
    effective_on = fields.Day(required=True, metadata={"description": "The day on which it holds in the world."})
    with_ = fields.Open(required=True, data_key="with", metadata={"description": "The content, by the event's type."})
    because = fields.Reference(metadata={"description": "The event that caused this one: [author, id]."})
    submission = fields.Formed(fields.HANDLE, most=64, metadata={"description": "The act that the event belongs to."})

    @validates_schema(skip_on_field_errors=False)
    def _fits_its_type(self, data: dict[str, Any], **_: Any) -> None:
        type_, content = data.get("type"), data.get("with_")
        if type_ not in RECORDABLE:
            return
        if found := list(islice(type_faults(type_, content, named="person" in data), MOST_FAULTS)):
            raise invalid(found)


def type_faults(type_: str, content: Any, *, named: bool) -> Iterator[Fault]:
    """What does not fit an event of this type: in its content, and that it names no person (`named`) where it must."""
    if isinstance(content, dict):
        yield from content_faults(type_, content)
    if not named and not type_.startswith(PERSON_KNOWN):
        yield Fault("person", "schema.missing")


class BatchedEventSchema(EventSchema):
    """An event in a batch: it may name a person of an earlier item, and the version that it builds on."""

    person = fields.Formed(
        fields.HANDLE,
        most=64,
        metadata={"description": "A person's id, `#n` for that of item n, or a name of your own."},
    )
    if_match = fields.Text(most=100, metadata={"description": "The ETag of the record that this event builds on."})


class BatchSchema(Wire):
    """Up to 1,000 events, in the order in which they happened."""

    max_bytes: ClassVar[int] = 8 * 1024 * 1024  # a thousand events of 8 kB: one that is read takes some ten times this

    all_or_nothing = fields.Flag(load_default=True, metadata={"description": "One refused, all refused."})
    submission = fields.Formed(fields.HANDLE, most=64, metadata={"description": "The act that all events belong to."})
    events = fields.Many(fields.Inner(BatchedEventSchema), required=True, least=1, most=MOST_ITEMS)

    def load(self, data: Any, **options: Any) -> Any:
        """The batch. Where each event stands for itself, those of a wrong form are left out: `misshapen`, by number."""
        try:
            return super().load(data, **options)
        except ValidationError as error:
            wrong = _misshapen(data, list(faults(error.messages)))
            right = [event for number, event in enumerate(data["events"]) if number not in wrong] if wrong else []
            if not right:
                raise
        return {**super().load({**data, "events": right}, **options), "misshapen": wrong}


def _misshapen(data: Any, found: Sequence[Fault]) -> dict[int, tuple[Any, list[Fault]]]:
    """The events at fault with their faults, where each stands for itself and nothing else is wrong; else none."""
    if not isinstance(data, dict) or data.get("all_or_nothing") is not False:
        return {}
    wrong: dict[int, tuple[Any, list[Fault]]] = {}
    for fault in found:
        place = _IN_EVENT.fullmatch(fault.field)
        if place is None:
            return {}
        number = int(place[1])
        _, own = wrong.setdefault(number, (data["events"][number], []))
        own.append(Fault(place[2] or "$", fault.rule, fault.details))
    return wrong


class ResultSchema(Wire):
    """What became of one event."""

    id = fields.identifier(required=True, allow_none=True)
    person = fields.identifier(allow_none=True)
    status = fields.choice("recorded", "repeated", "refused", required=True)
    version = fields.Count(
        allow_none=True, metadata={"description": "Position in the office's stream about the person."}
    )
    stamp = fields.Count(allow_none=True, metadata={"description": "Order of the event, microseconds."})
    error = fields.Inner(ProblemSchema, allow_none=True)


class BatchResultSchema(Wire):
    """What became of each event, in the order of the request."""

    recorded = fields.Count(required=True)
    repeated = fields.Count(required=True)
    refused = fields.Count(required=True)
    results = fields.Many(fields.Inner(ResultSchema), required=True, most=MOST_ITEMS)
