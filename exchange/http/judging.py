"""What else is wrong with events whose form is wrong: a caller mends form and meaning at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any

from flask import current_app

from events.errors import Malformed, Several
from schemas.v1.contents import RECORDABLE
from schemas.v1.event import BatchSchema, EventSchema
from schemas.v1.household import HouseholdSchema, events_of
from schemas.v1.wire import MOST_FAULTS, Fault

if TYPE_CHECKING:
    from marshmallow import Schema

    from exchange.http.use_cases import UseCases


_LISTS = frozenset({"events", "members"})


def further(schema: Schema, body: Any, known: Sequence[Malformed]) -> Iterator[Malformed]:
    """The faults in meaning of those fields whose form is right. `known`: the faults in form."""
    fields = frozenset(str(each.field) for each in known)
    if not fields.isdisjoint(_LISTS):
        return  # there are too many of them, or none
    for path, event in _events(schema, body):
        if isinstance(event, Mapping) and event.get("type") in RECORDABLE and isinstance(event.get("with"), Mapping):
            yield from _meant(path, event, fields)


def all_wrong(schema: Schema, body: Any, found: Iterable[Fault], most: int = MOST_FAULTS) -> Several:
    """Everything that is wrong with a body whose form has these faults, as far as anybody reads it."""
    known = [Malformed(field=each.field, rule=each.rule, **each.details) for each in islice(found, most)]
    return Several([*known, *islice(further(schema, body, known), most - len(known))])


def _events(schema: Schema, body: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(schema, EventSchema):
        yield "", body
    elif isinstance(schema, BatchSchema) and isinstance(body, Mapping) and isinstance(body.get("events"), list):
        for number, event in enumerate(body["events"]):
            yield f"events.{number}.", event
    elif isinstance(schema, HouseholdSchema) and isinstance(body, Mapping) and isinstance(body.get("members"), list):
        for number, event in enumerate(events_of(body, "with")):
            yield f"members.{number}.", event


def _meant(path: str, event: Mapping[str, Any], wrong: frozenset[str]) -> Iterator[Malformed]:
    def right(field: str) -> bool:
        return not any(f"{each}.".startswith(f"{path}{field}.") for each in wrong)

    content = {name: value for name, value in event["with"].items() if right(f"with.{name}")}
    # Whether a day may lie ahead hangs on the destination, too.
    whole = right("effective_on") and right("with.destination") and "effective_on" in event
    cases: UseCases = current_app.extensions["exchange_use_cases"]
    try:
        cases.judge(event["type"], event["effective_on"] if whole else None, content)
    except Malformed as error:
        for each in error.faults:
            if len(content) < len(event["with"]) and str(each.field).partition(".")[0] not in {
                *content,
                "effective_on",
            }:
                continue  # it lacks what is there, in a wrong form
            placed = each.field if each.field == "effective_on" else f"with.{each.field}"
            yield Malformed(field=f"{path}{placed}", rule=each.rule, **each.details)
