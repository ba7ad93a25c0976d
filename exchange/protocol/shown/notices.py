"""Notices: what an office's inbox shows because of the deliveries that it received. Pure.

One office, one act, one person: one notice, of the kind that comes first in the order of routing (rule 2); it opens
the one case and carries the rest.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from events.catalogue import content_of
from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import (
    Confirmed,
    Deferred,
    Disputed,
    EnquiryAnswered,
    Escalated,
    Redirected,
    Rejected,
    Reminded,
    Reopened,
    Reply,
    Settled,
)
from events.catalogue.person import Changed, Merged
from events.catalogue.values import CaseRef, NoteKind, Place, town
from events.envelope import Ref
from events.parts import CONTAINERS
from events.standing import Standing
from exchange.protocol.book import Book, Delivery
from exchange.protocol.questions.replying import says_more
from exchange.protocol.record import Record
from exchange.protocol.routing_table import rank

_Place = tuple[tuple[bool, int], int]


class Notice(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One entry of an inbox.

    `event`: the one whose delivery gave the kind; `events`: all that it carries. `fields`: those that a reply,
    a change or a correction speaks of.
    """

    office: str
    person: str
    act: str
    kind: NoteKind
    expects_reply: bool
    event: Ref
    teller: str
    events: tuple[Ref, ...]
    case: CaseRef | None = None
    about: Ref | None = None  # the event that is amended or answered
    fields: tuple[str, ...] = ()
    outcome: str | None = None
    reason: str | None = None
    place: Place | None = None
    due_on: str | None = None


def notices(book: Book, record: Record, deliveries: Iterable[Delivery] | None = None) -> list[Notice]:
    """The notices of a record, in the order in which their first delivery came.

    `deliveries`: all that the office ever received, since a later revision takes the place of an earlier one in the
    book and usually comes without a notification; what once stood in the inbox stays there.
    """
    received = list(book.received.values() if deliveries is None else deliveries)
    elsewhere = _told_of_the_other(book, record, received)
    groups: dict[tuple[str, str], list[Delivery]] = {}
    places: dict[str, list[_Place]] = {}
    for at, delivery in enumerate(received):
        standing = record.facts.get(delivery.ref)
        if standing is not None:
            act = delivery.act or (delivery.trigger or delivery.ref).id
            groups.setdefault((act, record.person), []).append(delivery)
            if delivery.kind is not None:
                places.setdefault(act, []).append(_place(at, delivery))
    found = []
    for (act, person), group in groups.items():
        telling = [d for d in group if d.kind is not None]
        if telling and not any(place < min(places[act]) for place in elsewhere.get(act, ())):
            first = min(telling, key=lambda d: (rank(d.kind, asks=d.asks), not says_more(record.facts[d.ref])))
            found.append(_notice(book.office, record, act, person, first, group))
    return found


def _told_of_the_other(book: Book, record: Record, received: Iterable[Delivery]) -> dict[str, list[_Place]]:
    """By act, what came with a notification about an entry that was once merged with this one and is not any more.

    One act that was told while the two were one has one notice, on whichever side it stands now.
    """
    merged = {(e.person, e.payload.other) for e in book.events_of(Merged) if isinstance(e.payload, Merged)}
    others = {b for a, b in merged if a in record.persons} | {a for a, b in merged if b in record.persons}
    found: dict[str, list[_Place]] = {}
    for at, delivery in enumerate(received) if others.difference(record.persons) else ():
        apart = delivery.ref not in record.facts and book.holds(delivery.ref)
        if apart and delivery.kind is not None and book.event(delivery.ref).person in others:
            found.setdefault(delivery.act, []).append(_place(at, delivery))
    return found


def _place(at: int, delivery: Delivery) -> _Place:
    """Which of two deliveries of one act gives the notice: of those of one kind the one that came first."""
    return (rank(delivery.kind, asks=delivery.asks), at)


def _notice(office: str, record: Record, act: str, person: str, first: Delivery, group: list[Delivery]) -> Notice:
    if first.kind is None:
        raise TypeError(first)
    carried = tuple(sorted({d.ref for d in group}, key=lambda ref: (record.facts[ref].stamp, ref)))
    standing = record.facts[first.ref]
    payload = standing.payload
    case = CaseRef(first.ref, office, first.kind) if first.asks else _case(office, record, standing)
    state = record.cases.get(case) if case is not None else None
    matched = first.kind in {"inflow", "registration"} and state is not None and state.status == "matched"
    notice = Notice(
        office=office,
        person=person,
        act=act,
        # An arrival that was announced, or is certainly the same, closed by itself (rules 3 and 5 of routing).
        kind="matched" if matched else first.kind,
        expects_reply=first.asks and not matched,
        event=first.ref,
        teller=first.teller,
        events=carried,
        case=case,
        about=_about(standing),
        fields=_fields(standing, [record.facts[ref] for ref in carried]),
        due_on=next((q.due_on for q in first.asked if q.kind == first.kind), None),
    )
    if isinstance(payload, Rejected):
        return msgspec.structs.replace(notice, reason=payload.reason)
    if not isinstance(payload, Reply):
        return notice
    if isinstance(payload, Reminded | Escalated):
        ground = payload.ground if isinstance(payload, Reminded) else None
        return msgspec.structs.replace(notice, reason=ground, due_on=payload.due_on)
    return msgspec.structs.replace(
        notice,
        outcome=_outcome(payload),
        reason=_reason(payload),
        place=_place_named(payload),
        due_on=payload.until if isinstance(payload, Deferred) else notice.due_on,
    )


def _reason(payload: Reply) -> str | None:
    if isinstance(payload, EnquiryAnswered):
        return payload.why_nothing
    return payload.reason if isinstance(payload, Disputed | Reopened | Deferred) else None


def _outcome(payload: Reply) -> str:
    if isinstance(payload, Confirmed) and payload.deviations:
        return "deviations"
    if isinstance(payload, EnquiryAnswered):
        return "answered" if payload.refused is None else "refused"
    return payload.type.removeprefix("case.")


def _place_named(payload: Reply) -> Place | None:
    if isinstance(payload, Redirected):
        return town(payload.to)
    return payload.place if isinstance(payload, Disputed) else None


def _about(standing: Standing) -> Ref | None:
    payload = standing.payload
    if isinstance(payload, Corrected | Retracted):
        return payload.target
    if isinstance(payload, Rejected):
        return payload.notification
    return payload.case.opening if isinstance(payload, Reply) else None


def _case(office: str, record: Record, standing: Standing) -> CaseRef | None:
    """The case that a reply answers, or that an amendment of its opening event concerns."""
    payload = standing.payload
    if isinstance(payload, Reply):
        return payload.case
    if isinstance(payload, Corrected | Retracted):
        about = [c for c in record.cases.values() if c.ref.opening == payload.target and not c.hidden]
        return min((c.ref for c in about if office in {c.ref.asked, c.asker}), default=None)
    return None


def _fields(first: Standing, carried: Iterable[Standing]) -> tuple[str, ...]:
    payload = first.payload
    if isinstance(payload, Confirmed):
        return tuple(d.field for d in payload.deviations)
    if isinstance(payload, EnquiryAnswered):
        return tuple(sorted(payload.facts))
    if isinstance(payload, Settled):
        return (*payload.accepted, *payload.insisted)
    if isinstance(payload, Reopened):
        return payload.fields
    named: set[str] = set()
    for standing in carried:
        if isinstance(standing.payload, Corrected):
            named.update(standing.payload.fields or standing.payload.set)
        elif isinstance(standing.payload, Changed):
            named.update(standing.payload.set)
    return tuple(sorted(named))


def fields_held(record: Record, notice: Notice) -> tuple[str, ...]:
    """Every field whose value came with the notice."""
    held: set[str] = set()
    for ref in notice.events:
        for key, value in content_of(record.facts[ref].event.payload).items():
            held.update(value) if key in CONTAINERS else held.add(key)
    return tuple(sorted(held))
