"""What an office outside the exchange may be written, to which nothing can be delivered (rule 9 of routing). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from events.catalogue import content_of
from events.catalogue.values import CaseRef
from events.event import Event, restricted
from events.parts import CONTAINERS, part_of
from events.standing import Standing
from exchange.protocol.book import ALL_PARTS, Book
from exchange.protocol.record import CaseState, Record
from exchange.protocol.telling.author import parts_for_named
from exchange.protocol.telling.due import IDENTITY, Sight


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """One question that only a letter can put. `identity`: what the person is known by; `content`: what is told."""

    case: CaseRef
    asker: str
    person: str
    type: str
    day: str
    identity: Mapping[str, Any]
    content: Mapping[str, Any]


def letters(book: Book, record: Record) -> Iterator[Written]:
    """The letters that this office has to write about the person, by the day of what they tell."""
    found = [_written(book, record, state) for state in record.cases.values() if _is_mine(record, state)]
    yield from sorted(found, key=lambda written: (written.day, written.case))


def _is_mine(record: Record, state: CaseState) -> bool:
    asked_here = state.asker == record.office and state.ref.opening in record.facts
    return asked_here and state.status == "not_reachable" and not record.withdrawn


def _written(book: Book, record: Record, state: CaseState) -> Written:
    """A letter holds the parts that a notification would; and, since a stranger has no book, whom it speaks of."""
    standing = record.facts[state.ref.opening]
    parts = parts_for_named(Sight(book, record), standing, state.ref.asked) | IDENTITY
    if record.protected is not None:
        parts -= {"address"}
    content = content_of(_as_corrected(standing, parts).payload)
    stated = {field: value for name in CONTAINERS for field, value in content.pop(name, {}).items()}
    own = standing.payload.type != "request.opened"  # what a request wants is not what the person is known by
    known = {**record.particulars, **(stated if own else {})}
    return Written(
        case=state.ref,
        asker=state.asker,
        person=standing.event.person,
        type=standing.payload.type,
        day=standing.day,
        identity={field: value for field, value in known.items() if part_of(field) == "identity"},
        content=content if own else {**content, "wanted": stated},
    )


def _as_corrected(standing: Standing, parts: frozenset[Any]) -> Event:
    whole = Event(standing.event.frame, standing.payload, standing.event.parts & ALL_PARTS)
    return restricted(whole, frozenset(parts))
