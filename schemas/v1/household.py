"""A household that moves together: the movement said once, and each member with what differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, ClassVar

from marshmallow import validates_schema

from schemas.v1 import fields
from schemas.v1.contents import RECORDABLE
from schemas.v1.event import MOST_ITEMS, BatchResultSchema, type_faults
from schemas.v1.wire import MOST_FAULTS, Fault, Wire, invalid

MOVING = tuple(type_ for type_ in RECORDABLE if type_.startswith(("movement.", "registration.")))


class MemberSchema(Wire):
    """One who moves. Who stays behind is not named."""

    id = fields.event_id(metadata={"description": "UUIDv7 chosen by the client; makes a repeated request harmless."})
    person = fields.Formed(
        fields.HANDLE, most=64, metadata={"description": "A person's id, or a name of your own for a newcomer."}
    )
    with_ = fields.Open(
        data_key="with", metadata={"description": "What is said of this member alone, beside or in place of the rest."}
    )
    if_match = fields.Text(most=100, metadata={"description": "The ETag of the record that this event builds on."})


class HouseholdSchema(Wire):
    """A movement that several persons make together: one event of each."""

    max_bytes: ClassVar[int] = 1024 * 1024

    type = fields.choice(*MOVING, required=True, metadata={"description": "A movement of the catalogue."})
    effective_on = fields.Day(required=True, metadata={"description": "The day on which it holds in the world."})
    with_ = fields.Open(
        load_default=dict, data_key="with", metadata={"description": "What is said of all members, by the type."}
    )
    because = fields.Reference(metadata={"description": "The event that caused this one: [author, id]."})
    submission = fields.Formed(
        fields.HANDLE,
        most=64,
        metadata={"description": "The act; who joins a household later names that of the first. Left out: a new one."},
    )
    members = fields.Many(fields.Inner(MemberSchema), required=True, least=1, most=MOST_ITEMS)

    @validates_schema(skip_on_field_errors=False)
    def _each_fits_its_type(self, data: dict[str, Any], **_: Any) -> None:
        found = (
            Fault(f"members.{number}.{fault.field}", fault.rule, fault.details)
            for number, event in enumerate(events_of(data, "with_") if data.get("type") in MOVING else ())
            for fault in type_faults(event["type"], event["with_"], named="person" in event)
        )
        if first := list(islice(found, MOST_FAULTS)):
            raise invalid(first)


def events_of(household: Mapping[str, Any], content: str) -> Iterator[dict[str, Any]]:
    """An event for each member: what is said of all, with what is said of this one. `content`: the name of what is."""
    shared = {name: household[name] for name in ("type", "effective_on", "because", "submission") if name in household}
    for member in household.get("members", ()):
        own = member if isinstance(member, Mapping) else {}
        parts = [part for part in (household.get(content), own.get(content)) if isinstance(part, Mapping)]
        yield {**shared, **own, content: {name: value for part in parts for name, value in part.items()}}


class HouseholdResultSchema(BatchResultSchema):
    """What became of each member's event, and the act to name when somebody joins later."""

    submission = fields.Text(required=True)
