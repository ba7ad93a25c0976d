"""What held on a day: a book without the facts of the world that came later, as they are known today. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from events.catalogue.amendment import Corrected, Retracted
from events.catalogue.case import Reply
from events.catalogue.fact import Fact
from events.catalogue.family import TieBegan, TieEnded
from events.catalogue.movement import Arrived
from events.catalogue.person import Changed, KeptApart, Merged, Protected, Registered, Stated, Unmerged
from events.catalogue.values import Tied
from events.envelope import Ref
from events.event import Event
from events.standing import Standing, stand
from exchange.protocol.book import Book
from exchange.protocol.inheriting import inherited
from exchange.protocol.life.ties import MARITAL_STATUS, status_by
from exchange.protocol.life.ties import ties as folded

# What is said about facts holds whenever it was said, as long as there is the fact that it speaks of.
ABOUT_FACTS: tuple[type[Fact], ...] = (Corrected, Retracted, Merged, Unmerged, KeptApart, Reply)


def as_of(book: Book, day: str) -> Book:
    """The book restricted to what held on `day` (YYYY-MM-DD); empty where nothing of the world held yet.

    Amendments, replies and merges stay with the facts that they speak of, whenever they were recorded.
    """
    standing = stand(book.events(), book.offices.author)
    facts = standing.facts  # as recorded: what is left goes into a book again
    out = _left_out(inherited(standing, book.offices).facts, book.office, day)
    then = Book(book.office, book.offices)
    if all(ref in out or isinstance(standing.payload, ABOUT_FACTS) for ref, standing in facts.items()):
        return then
    changes = sorted(
        (s for s in facts.values() if isinstance(s.payload, Changed | TieBegan | TieEnded) and not s.void),
        key=lambda s: s.order,
    )
    statements = [s for s in facts.values() if isinstance(s.payload, Stated)]
    for ref in book.recorded:
        if ref not in out:
            then.record(_as_it_was(facts[ref], changes, statements, day))
    for (ref, _), delivery in book.received.items():
        if ref not in out:
            then.receive(delivery, _as_it_was(facts[ref], changes, statements, day))
    for (ref, _), delivery in book.told.items():
        if ref not in out:
            then.tell(delivery)
    return then


def _left_out(facts: Mapping[Ref, Standing], office: str, day: str) -> frozenset[Ref]:
    """What began later or had ended, and everything that speaks of it."""
    begun = any(
        isinstance(s.payload, Arrived | Registered) and s.author == office and not s.void and s.day <= day
        for s in facts.values()
    )
    out: set[Ref] = set()
    for ref, standing in facts.items():
        payload = standing.payload
        if isinstance(payload, ABOUT_FACTS):
            continue
        # A later statement tells of the day too, where the office has since been told of every change.
        ahead = standing.day > day and not (begun and isinstance(payload, Stated))
        ended = isinstance(payload, Protected) and payload.until is not None and payload.until < day
        if ahead or ended:
            out.add(ref)
    while more := {ref for ref, s in facts.items() if ref not in out and not out.isdisjoint(_spoken_of(s))}:
        out |= more
    return frozenset(out)


def _spoken_of(standing: Standing) -> Iterator[Ref]:
    """The facts without which this one says nothing."""
    payload, frame = standing.payload, standing.event.frame
    if isinstance(payload, Corrected | Retracted):
        yield payload.target
    elif isinstance(payload, Reply):
        yield payload.case.opening
    elif frame.stay is not None:
        yield frame.stay
    if frame.automatic and frame.because is not None and not isinstance(payload, Stated):
        yield frame.because


def _as_it_was(standing: Standing, changes: Sequence[Standing], statements: Sequence[Standing], day: str) -> Event:
    """The event; in a keeper's statement, what changes only after `day` is as it was before.

    Whenever the statement was made: it holds all that was recorded by then, also what was still to come.
    """
    event, payload = standing.event, standing.event.payload
    if not isinstance(payload, Stated):
        return event
    stated = dict(payload.particulars)
    known = [c for c in changes if c.stamp < standing.stamp]
    first: dict[str, int] = {}
    for change in known:
        if change.day > day:
            for field in _set(change):
                first[field] = min(change.stamp, first.get(field, change.stamp))
    for field, stamp in first.items():
        before = max((s for s in statements if s.stamp < stamp), key=lambda s: s.stamp, default=None)
        values = [_particulars(before)[field]] if field in _particulars(before) else []
        since = before.stamp if before is not None else 0
        values += [_set(c)[field] for c in known if c.day <= day and c.stamp > since and field in _set(c)]
        stated.pop(field, None)
        if values:
            stated[field] = values[-1]
    ties = _ties(payload, known, statements, day)
    return msgspec.structs.replace(event, payload=msgspec.structs.replace(payload, particulars=stated, ties=ties))


def _ties(payload: Stated, known: Sequence[Standing], statements: Sequence[Standing], day: str) -> tuple[Tied, ...]:
    """The ties of a statement as they were: by the last one before anything that only came later, and what it knew."""
    later = [c for c in known if c.day > day and isinstance(c.payload, TieBegan | TieEnded)]
    if not later:
        return tuple(tie for tie in payload.ties if (tie.since or day) <= day)
    first = min(change.stamp for change in later)
    before = max((s for s in statements if s.stamp < first), key=lambda s: s.stamp, default=None)
    fold = folded((c for c in known if c.day <= day), before)
    return tuple(Tied(tie=tie.tie, other=tie.other, since=tie.since) for tie in fold.in_force)


def _set(change: Standing) -> Mapping[str, Any]:
    if isinstance(change.payload, Changed):
        return change.payload.set
    status = status_by(change.payload)
    return {MARITAL_STATUS: status} if status is not None else {}


def _particulars(statement: Standing | None) -> Mapping[str, Any]:
    return statement.payload.particulars if statement is not None and isinstance(statement.payload, Stated) else {}
