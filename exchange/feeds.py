"""Feeds: where a delivery stands for the office that reads it, also in the feed of an office that it succeeded.

Feeds are append-only, so nothing moves into the successor's. What an office took over is numbered below zero, by the
old position and the nine leading digits of the old code, which no two offices share; and it is read where the office
came to it: behind what the office had been told by then, so that whoever goes on reading from there misses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from events.store.contract import Reader, StoredDelivery
from exchange.protocol.offices import Offices

_STEM = 10**9  # what an office's code is without its last three digits, which are a village's
_BATCH = 200

Block = tuple[datetime, str]  # since when the office reads it, and whose feed it was


def received(deliveries: Iterable[StoredDelivery], office: str, offices: Offices) -> list[StoredDelivery]:
    """The deliveries to this office and to those that it succeeded, theirs first, each feed in its order."""
    its = [d for d in deliveries if offices.successor(d.to, d.person) == office]
    return sorted(its, key=lambda d: (d.to == office, d.at, d.to, d.position))


def position_for(office: str, delivery: StoredDelivery) -> int:
    """Where the delivery stands for the office that reads it."""
    if delivery.to == office:
        return delivery.position
    return -(delivery.position * _STEM + int(delivery.to) // 1000)


def feed_at(office: str, position: int) -> tuple[str, int]:
    """The inverse: whose feed it is, and the position there."""
    if position >= 0:
        return office, position
    place, stem = divmod(-position, _STEM)
    return f"{stem:09}000", place


class Feed:
    """All that an office reads as its own feed, in one order that only grows at its end."""

    def __init__(self, reader: Reader, office: str, offices: Offices) -> None:
        self._reader = reader
        self._office = office
        self._offices = offices
        self._others = sorted(offices.taken_over(office) - {office})
        told = reader.jurisdictions() if self._others else ()
        self._sequenced = {event.frame.ref: event.sequenced_at for event in told}

    def after(self, position: int, limit: int) -> Sequence[StoredDelivery]:
        """The deliveries behind that position, each at `position_for`; from the beginning behind 0."""
        if not self._others:
            return self._reader.feed(self._office, position, limit)
        return list(islice(self._behind(position), limit))

    def _behind(self, position: int) -> Iterator[StoredDelivery]:
        feed, place = feed_at(self._office, position)
        blocks, own = self._blocks(), place
        if feed != self._office:
            at = self._since(feed, place)
            if at is None:
                return
            yield from self._block((at, feed), place)
            blocks = [block for block in blocks if block > (at, feed)]
            own = self._last_by(at)
        elif place:
            last = self._row(self._office, place)
            blocks = [block for block in blocks if last is not None and block[0] >= last.at]
        for block in blocks:
            until = self._last_by(block[0])
            for row in self._rows(self._office, own):
                if row.position > until:
                    break
                yield row
            own = max(own, until)
            yield from self._block(block, 0)
        yield from self._rows(self._office, own)

    def _blocks(self) -> list[Block]:
        """What the office has taken over, by when and whose: more than there is, for a block may hold nothing."""
        moments = {moment for moment in self._sequenced.values() if moment is not None}
        return sorted((moment, code) for moment in moments for code in self._others)

    def _block(self, block: Block, after: int) -> Iterator[StoredDelivery]:
        at, feed = block
        return (row for row in self._rows(feed, after) if self._moment(row) == at)

    def _moment(self, row: StoredDelivery) -> datetime | None:
        """Since when the office reads the delivery as its own; None where it does not, or not yet."""
        if self._offices.successor(row.to, row.person) != self._office:
            return None
        moments = [self._sequenced.get(step.ref) for step in self._offices.path(row.to, row.person) if step.ref]
        known = [moment for moment in moments if moment is not None]
        return max(known) if len(known) == len(moments) else None

    def _since(self, feed: str, place: int) -> datetime | None:
        row = self._row(feed, place)
        return None if row is None else self._moment(row)

    def _row(self, feed: str, place: int) -> StoredDelivery | None:
        return next(iter(self._reader.feed(feed, place - 1, 1)), None)

    def _rows(self, feed: str, after: int) -> Iterator[StoredDelivery]:
        while rows := self._reader.feed(feed, after, _BATCH):
            yield from rows
            after = rows[-1].position

    def _last_by(self, moment: datetime) -> int:
        """The last position of the office's own feed that was given by the moment. Positions have no gaps."""
        low, high = 0, 1
        while (row := self._row(self._office, high)) is not None and row.at <= moment:
            low, high = high, high * 2
        while high - low > 1:
            middle = (low + high) // 2
            row = self._row(self._office, middle)
            low, high = (middle, high) if row is not None and row.at <= moment else (low, middle)
        return low
