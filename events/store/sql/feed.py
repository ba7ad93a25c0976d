"""Deliveries: append-only, at gap-free positions in the feed of each recipient."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from events.envelope import Part, Ref
from events.errors import Tampered
from events.store.contract import Acknowledgement, NewDelivery, StoredDelivery
from events.store.moment import to_moment, to_number
from events.store.rules import at_position, feed_order, unfed
from events.store.sql.form import Form
from events.store.sql.log import LogRows
from events.store.sql.rows import Pairs, Query, add, insert
from events.store.sql.schema import acknowledgements, deliveries, feed_heads

_asked = msgspec.json.Decoder(tuple[tuple[str, str | None], ...]).decode
_parts = msgspec.json.Decoder(list[Part]).decode
COLUMNS = (
    *("author", "id", "teller", "recipient", "revision", "position", "person", "parts", "ground", "kind", "asked"),
    *("act", "trigger_author", "trigger_id", "at"),
)
_READ = [deliveries.c[name] for name in COLUMNS]
_FORM = Form(_READ)
_TO_PERSONS = Query(f"SELECT {', '.join(COLUMNS)} FROM deliveries WHERE person {{keys}}")  # noqa: S608 (our own words)
_OF_EVENTS = Pairs(", ".join(COLUMNS), "deliveries", ("author", "id"))
_HEADS = Query("SELECT office, position FROM feed_heads WHERE office {keys} ORDER BY office {locked}")
_AT_PLACES = Pairs("office, position, at, actor", "acknowledgements", ("office", "position"))


class FeedRows(LogRows):
    """The part of a session that tells."""

    sql: Connection

    def feed(self, office: str, after: int, limit: int) -> tuple[StoredDelivery, ...]:
        query = select(*_READ).where(deliveries.c.recipient == office, deliveries.c.position > after)
        rows = self.sql.execute(query.order_by(deliveries.c.position).limit(limit))
        # What stands at no number stands at no place of the feed.
        return tuple(_as_far_as_told(row) for row in rows if isinstance(row.position, int))

    def deliveries_of(self, persons: Iterable[str]) -> tuple[StoredDelivery, ...]:
        rows = self.ask_rows(_TO_PERSONS, dict.fromkeys(persons))
        return tuple(sorted(map(delivery_of, rows), key=feed_order))

    def deliver(self, new: Sequence[NewDelivery], at: datetime) -> tuple[StoredDelivery, ...]:
        if not new:
            return ()
        # Locked before anything is read that another teller may add to.
        given = to_moment(self._moved_on(at).moment)
        told, heads = self._told(new)
        fresh = unfed(new, told)
        if not fresh:
            return ()
        fed: list[StoredDelivery] = []
        for delivery in fresh:
            heads[delivery.to] = position = heads.get(delivery.to, 0) + 1
            fed.append(at_position(delivery, position, given))
        positions = [{"office": office, "position": heads[office]} for office in {delivery.to for delivery in fed}]
        with self.without_waiting():
            add(self.sql, deliveries, [_row(delivery) for delivery in fed])
            add(self.sql, feed_heads, positions, ("office",))
        return tuple(fed)

    def acknowledge(self, office: str, position: int, at: datetime, by: str) -> Acknowledgement:
        fed = select(feed_heads.c.position).where(feed_heads.c.office == office)
        if not 0 < position <= (self.sql.execute(fed).scalar_one_or_none() or 0):
            raise KeyError((office, position))
        row = {"office": office, "position": position, "at": to_number(at), "actor": by}
        self.sql.execute(insert(self.sql, acknowledgements).on_conflict_do_nothing(), row)
        return self.acknowledged(office, [position])[position]

    def acknowledged(self, office: str, positions: Iterable[int]) -> Mapping[int, Acknowledgement]:
        found = self.acknowledged_at((office, position) for position in positions)
        return {position: kept for (_, position), kept in found.items()}

    def acknowledged_at(self, places: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], Acknowledgement]:
        rows = self.ask_rows(_AT_PLACES, dict.fromkeys(places))
        return {(row[0], row[1]): Acknowledgement(row[0], row[1], to_moment(row[2]), row[3]) for row in rows}

    def _told(self, new: Sequence[NewDelivery]) -> tuple[list[StoredDelivery], dict[str, int]]:
        """Everything told so far of the events at hand, and how far the feeds of the offices at hand are."""
        refs = dict.fromkeys((delivery.ref.author, delivery.ref.id) for delivery in new)
        # In one order, so that two tellers of the same offices wait for each other instead of both for ever.
        rows, heads = self.ask_all((_OF_EVENTS, refs), (_HEADS, {delivery.to for delivery in new}))
        return [delivery_of(row) for row in rows], dict(heads)


def _row(delivery: StoredDelivery) -> dict[str, Any]:
    return {
        "author": delivery.ref.author,
        "id": delivery.ref.id,
        "teller": delivery.teller,
        "recipient": delivery.to,
        "revision": delivery.revision,
        "position": delivery.position,
        "person": delivery.person,
        "parts": msgspec.json.encode(sorted(delivery.parts)).decode(),
        "ground": delivery.ground,
        "kind": delivery.kind,
        "asked": msgspec.json.encode(delivery.asked).decode(),
        "act": delivery.act,
        "trigger_author": delivery.trigger and delivery.trigger.author,
        "trigger_id": delivery.trigger and delivery.trigger.id,
        "at": to_number(delivery.at),
    }


def delivery_of(row: Sequence[Any]) -> StoredDelivery:
    """The delivery in a row of the columns in `COLUMNS`. Raises Tampered where it says what no delivery says."""
    if not _FORM.fits(row):
        raise Tampered(field="delivery", rule="delivery.form")
    author, id_, teller, to, revision, position, person, parts, ground, kind, asked, act, *trigger, at = row
    try:
        told, questions = frozenset(_parts(parts)), _asked(asked)
    except msgspec.DecodeError as error:
        raise Tampered(field="delivery", rule="delivery.form") from error
    return StoredDelivery(
        ref=Ref(author, id_),
        person=person,
        teller=teller,
        to=to,
        parts=told,
        ground=ground,
        kind=kind,
        asked=questions,
        act=act,
        trigger=Ref(*trigger) if trigger[1] is not None else None,
        revision=revision,
        position=position,
        at=to_moment(at),
    )


def _as_far_as_told(row: Sequence[Any]) -> StoredDelivery:
    """The same; where it says what no delivery says, its place at least, and whom it is about, with nothing told."""
    try:
        return delivery_of(row)
    except Tampered:
        said = dict(zip(COLUMNS, _FORM.mended(row), strict=True))
    return delivery_of([{**said, "parts": "[]", "asked": "[]", "at": 0}[name] for name in COLUMNS])
