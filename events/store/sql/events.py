"""Reading events, with their places in the log where they have one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, LiteralString, NamedTuple

from sqlalchemy import Connection, Select, func, literal_column, select, tuple_

from events.codec import SealedEvent, thaw
from events.envelope import Ref
from events.errors import StaleVersion, Tampered
from events.store.contract import COUNTED, Same, StoredEvent
from events.store.moment import to_moment
from events.store.rules import log_order
from events.store.sql.form import Form
from events.store.sql.rows import Asking, Query, batches
from events.store.sql.schema import events, log, pending

_STORED = (events.c.body, events.c.sealed, log.c.index, log.c.at)
_WITH_LOG = events.outerjoin(log, (log.c.author == events.c.author) & (log.c.id == events.c.id))

_OF_SUBJECTS = Query(
    'SELECT e.body, e.sealed, l."index", l.at FROM events e LEFT JOIN log l ON l.author = e.author AND l.id = e.id'
    " WHERE e.subject {keys}"
)
_ABOUT_OFFICES = Query("SELECT author, id FROM events WHERE kind = 'jurisdiction'")
_ROWS: LiteralString = (
    'SELECT e.author, e.id, e.kind, e.subject, e.version, e.submission, e.body, e.sealed, l."index", l.at, l.leaf'
    " FROM events e LEFT JOIN log l ON l.author = e.author AND l.id = e.id WHERE e."
)
_ROWS_OF = Query(_ROWS + "subject {keys}")
_ROWS_ABOUT_OFFICES = Query(_ROWS + "kind = 'jurisdiction'")


class EventRow(NamedTuple):
    """An event, and its place, moment and leaf in the log, just as the columns have them."""

    author: str
    id: str
    kind: str
    subject: str
    version: int
    submission: str
    body: bytes
    sealed: bytes
    place: int | None
    at: int | None
    leaf: bytes | None

    def mended(self) -> EventRow:
        """With nothing in it that its column cannot hold, as `Form` has it."""
        return self if _ROW.fits(self) else EventRow._make(_ROW.mended(self))

    def stored(self) -> StoredEvent:
        """The event that stands there. Raises Tampered where its bytes are no frame."""
        return stored_event((self.body, self.sealed, self.place, self.at))


_ROW = Form(
    [events.c[name] for name in EventRow._fields[:8]], or_none=[log.c[name] for name in ("index", "at", "leaf")]
)


class EventRows(Asking):
    """The part of a session that reads events."""

    sql: Connection

    def event(self, ref: Ref) -> StoredEvent | None:
        return self.events([ref]).get(ref)

    def events(self, refs: Iterable[Ref]) -> Mapping[Ref, StoredEvent]:
        found: dict[Ref, StoredEvent] = {}
        for batch in batches(refs):
            key = tuple_(events.c.author, events.c.id)
            wanted = key.in_([(ref.author, ref.id) for ref in batch])
            found |= {stored.frame.ref: stored for stored in self._events(_select().where(wanted))}
        return found

    def events_of(self, persons: Iterable[str]) -> tuple[StoredEvent, ...]:
        rows = self.ask_rows(_OF_SUBJECTS, dict.fromkeys(persons))
        return tuple(sorted(map(stored_event, rows), key=log_order))

    def rows_of(self, subjects: Iterable[str]) -> list[EventRow]:
        """The rows of every event that, by its column, is about these subjects."""
        return list(map(EventRow._make, self.ask_rows(_ROWS_OF, dict.fromkeys(subjects))))

    def rows_about_offices(self) -> list[EventRow]:
        """The rows of every event that, by its column, is about an office."""
        return [EventRow._make(row).mended() for row in self.ask_rows(_ROWS_ABOUT_OFFICES, ())]

    def jurisdiction_refs(self) -> frozenset[Ref]:
        return frozenset(Ref(author, id_) for author, id_ in self.ask_rows(_ABOUT_OFFICES, ()))

    def jurisdictions(self) -> tuple[StoredEvent, ...]:
        # Written out, not bound: only so may the database use the small index over just these rows.
        about_offices = events.c.kind == literal_column("'jurisdiction'")
        return tuple(sorted(self._events(_select().where(about_offices)), key=log_order))

    def head(self, author: str, person: str) -> int:
        stream = (events.c.subject == person) & (events.c.author == author)
        last: int | None = self.sql.execute(select(func.max(events.c.version)).where(stream)).scalar_one()
        return last or 0

    def log(self, start: int, limit: int) -> tuple[StoredEvent, ...]:
        joined = log.join(events, (log.c.author == events.c.author) & (log.c.id == events.c.id))
        query = select(*_STORED).select_from(joined).where(log.c.index >= start).order_by(log.c.index).limit(limit)
        return tuple(self._events(query))

    def pending(self, most: int = COUNTED) -> int:
        first = select(pending.c.position).order_by(pending.c.position).limit(most + 1).subquery()
        return self.sql.execute(select(func.count()).select_from(first)).scalar_one()

    def _repeated(self, event: SealedEvent, same: Same) -> StoredEvent:
        """The event that was appended before under this id. Raises StaleVersion where there is none, and as `same`."""
        stored = self.event(event.frame.ref)
        if stored is None:
            found = self.head(event.frame.author, event.frame.subject.id)
            raise StaleVersion(field="version", rule="stream.version", offered=event.frame.version, found=found)
        same(stored, event)
        return stored

    def _events(self, query: Select[Any]) -> list[StoredEvent]:
        return [stored_event(row) for row in self.sql.execute(query)]


def _select() -> Select[Any]:
    return select(*_STORED).select_from(_WITH_LOG)


def columns_of(event: SealedEvent) -> tuple[str, str, str, str, int, str, bytes, bytes]:
    """The row of an event: author, id, kind, subject, version, submission, body, sealed parts."""
    frame = event.frame
    subject = frame.subject
    return (frame.author, frame.id, subject.kind, subject.id, frame.version, frame.submission, event.body, event.sealed)


def fresh(event: SealedEvent) -> StoredEvent:
    """The event as it stands before the sequencer has come to it."""
    return StoredEvent(frame=event.frame, body=event.body, sealed=event.sealed)


def stored_event(row: Sequence[Any]) -> StoredEvent:
    """The event in a row of body, sealed parts, log index and moment. Raises Tampered where it says none."""
    body, sealed, index, at = row
    if type(body) is not bytes or type(sealed) is not bytes:
        raise Tampered(field="frame", rule="frame.form")
    moment = None if at is None else to_moment(at)
    return StoredEvent(frame=thaw(body), body=body, sealed=sealed, index=index, sequenced_at=moment)
