"""One dossier after its settlement: what the projections are made from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from events.codec import SealedEvent
from events.envelope import Ref
from events.store.contract import NewDelivery, StoredDelivery, StoredEvent
from exchange.books import Shelf, as_stored
from exchange.feeds import received
from exchange.protocol.book import Book
from exchange.protocol.record import Record
from exchange.protocol.settle import Settlement

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


class Settled:
    """One dossier after its settlement: the books by office, what was added, and where it stands in log and feeds."""

    def __init__(self, shelf: Shelf, books: dict[str, Book], done: Settlement, sealed: Iterable[SealedEvent]) -> None:
        self.shelf = shelf
        self.books = books
        self.done = done
        self.sealed = list(sealed)
        self.stored: dict[Ref, StoredEvent] = dict(shelf.stored)
        self.deliveries: list[StoredDelivery] = list(shelf.deliveries)

    @property
    def persons(self) -> tuple[str, ...]:
        """All its ids."""
        return self.shelf.persons

    def told(self) -> Iterable[NewDelivery]:
        """The deliveries that were added, as the store takes them."""
        persons = {event.frame.ref: event.frame.subject.id for event in (*self.stored.values(), *self.sealed)}
        return (as_stored(delivery, persons[delivery.ref]) for delivery in self.done.deliveries)

    def records(self) -> Iterable[Record]:
        """Every record of every office that holds anything."""
        return (record for own in self.done.records.values() for record in own if record.facts)

    def received(self, office: str) -> list[StoredDelivery]:
        """All that the office was ever told, in the order of its feed; what it took over comes first."""
        return received(self.deliveries, office, self.shelf.offices)

    def sequenced_at(self, ref: Ref) -> datetime:
        """When the log got the event; the beginning of time where it never did, being in nobody's log here."""
        stored = self.stored.get(ref)
        return stored.sequenced_at if stored is not None and stored.sequenced_at is not None else _NEVER
