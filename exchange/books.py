"""The one gate through which books are read: out of stored rows, for one office at a time (DESIGN.md K2)."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import cast

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.catalogue.values import NoteKind
from events.envelope import Part, Ref
from events.errors import Tampered
from events.event import Event
from events.once import once
from events.store.contract import Gathered, NewDelivery, Reader, StoredDelivery, StoredEvent
from events.vault.keys import PersonKeys
from events.vault.ring import NONCE_BYTES, KeyRingUnusable
from exchange.feeds import received
from exchange.opened import Sealed, opened, shown
from exchange.protocol.book import Book, Delivery, Question
from exchange.protocol.dossier import ever_joined
from exchange.protocol.inheriting import between_heirs, handed_on
from exchange.protocol.offices import Offices

UNREADABLE = (Tampered, KeyRingUnusable)  # of one person, whose key or part was altered; the others can be read


class Shelf:
    """Everything stored about one dossier, or some who share a document, and the books that offices have of them."""

    def __init__(
        self,
        persons: tuple[str, ...],
        stored: Iterable[StoredEvent],
        deliveries: Iterable[StoredDelivery],
        ciphers: Mapping[str, AESGCM],
        offices: Offices,
    ) -> None:
        self.persons = persons
        self.offices = offices
        self.stored = {event.frame.ref: event for event in stored}
        told = list(deliveries)
        self.deliveries = [delivery for delivery in told if delivery.ref in self.stored]
        # Whose event is gone, which is no doing of ours: nothing can be read of them, and the checks name them.
        self.lost = [delivery for delivery in told if delivery.ref not in self.stored]
        self._ciphers = ciphers
        self._opened: dict[Ref, Event] = {}

    def event(self, ref: Ref) -> Event:
        """The event with all its parts; without them where the person was erased."""
        found = self._opened.get(ref)
        if found is None:
            stored = self.stored[ref]
            found = self._opened[ref] = opened(Sealed(stored, self._ciphers.get(stored.frame.subject.id)))
        return found

    def restricted(self, ref: Ref, parts: frozenset[Part]) -> Event:
        """The event as far as these parts tell it."""
        stored = self.stored[ref]
        return shown(Sealed(stored, self._ciphers.get(stored.frame.subject.id)), parts)

    def of(self, person: str) -> Shelf:
        """What is stored about the ids that merges, in force or undone, ever joined with this one."""
        joined = ever_joined(person, (event.frame for event in self.stored.values()))
        stored = [event for event in self.stored.values() if event.frame.subject.id in joined]
        told = (delivery for delivery in self.deliveries if delivery.person in joined)
        return Shelf(tuple(sorted(joined)), stored, told, self._ciphers, self.offices)

    def require_keys(self) -> None:
        """Raises one of UNREADABLE where somebody's key does not open, whether anything is sealed with it or not."""
        for person in self.persons:
            self.cipher(person)

    def unopened(self) -> tuple[tuple[Ref, str], ...]:
        """The events of which a part does not open although the key of whom they are about does."""
        return tuple((ref, event.frame.subject.id) for ref, event in self.stored.items() if self._unopened(ref))

    def _unopened(self, ref: Ref) -> bool:
        try:
            self.cipher(self.stored[ref].frame.subject.id)
        except UNREADABLE:
            return False
        try:
            self.event(ref)
        except UNREADABLE:
            return True
        return False

    def closed(self, *, but: Collection[str] = ()) -> Shelf:
        """The same without any part, as if erased: of persons of whom something does not open. `but`: not of these."""
        ciphers = {p: self._ciphers[p] for p in but if self._ciphers.get(p) is not None}
        return Shelf(self.persons, self.stored.values(), [*self.deliveries, *self.lost], ciphers, self.offices)

    def concerned(self) -> set[str]:
        """The offices that recorded anything or were told anything."""
        recorded = {(ref.author, event.frame.subject.id) for ref, event in self.stored.items()}
        told = {(delivery.to, delivery.person) for delivery in self.deliveries}
        return {self.offices.successor(office, person) for office, person in recorded | told}

    def book(self, office: str) -> Book:
        """What this office knows, with all that the offices that it succeeded knew."""
        book = Book(office, self.offices)
        for ref in [ref for ref in self.stored if self.is_of(ref, office)]:
            book.record(self.event(ref))
        for delivery in self._told_today:
            if delivery.teller == office:
                book.tell(delivery)
            if delivery.to == office:
                book.receive(delivery, self.restricted(delivery.ref, delivery.parts))
        return book

    @once
    def _told_today(self) -> list[Delivery]:
        """What was last told of each event, between the offices that answer today; made once for all books."""
        return handed_on(((as_told(row), row.person) for row in self.latest), self.offices)

    def told(self, row: NewDelivery) -> Delivery:
        """A stored delivery, between the offices that answer today for its two sides."""
        return between_heirs(as_told(row), row.person, self.offices)

    def is_of(self, ref: Ref, office: str) -> bool:
        """Whether the event is the office's today: it recorded it, or answers for who did."""
        return self.offices.successor(ref.author, self.stored[ref].frame.subject.id) == office

    @once
    def latest(self) -> list[StoredDelivery]:
        """Of each delivery the latest revision, which alone counts."""
        return list(_latest(self.deliveries))

    def telling(self, deliveries: Iterable[StoredDelivery]) -> Shelf:
        """The same dossier, had these deliveries been made and no others."""
        twin = Shelf(self.persons, self.stored.values(), [*deliveries, *self.lost], self._ciphers, self.offices)
        twin._opened = self._opened
        return twin

    def parts_left(self, delivery: StoredDelivery) -> frozenset[Part]:
        """The parts that its latest revision, be it an heir's, leaves to the office told: no error is shown on."""
        today = self.told(delivery)
        key = (today.ref, today.teller, today.to)
        return next(d.parts for d in self._told_today if (d.ref, d.teller, d.to) == key)

    def received(self, office: str) -> list[StoredDelivery]:
        """All that the office was ever told, in the order of its feed; what it took over comes first."""
        return received(self.deliveries, office, self.offices)

    def cipher(self, person: str) -> AESGCM | None:
        """The cipher under the person's key; None where there is none, or none any more. Raises one of UNREADABLE."""
        return self._ciphers.get(person)

    def head(self, author: str, person: str) -> int:
        """The version of the last event in this stream that the shelf has; 0 where it has none."""
        stream = (e.frame for e in self.stored.values() if (e.frame.author, e.frame.subject.id) == (author, person))
        return max((frame.version for frame in stream), default=0)

    def seal(self, person: str, data: bytes, associated: bytes) -> bytes:
        """Data under the person's key; nothing where the person was erased."""
        if (cipher := self._ciphers.get(person)) is None:
            return b""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + cipher.encrypt(nonce, data, associated)

    def unseal(self, person: str, sealed: bytes, associated: bytes) -> bytes:
        """The inverse. Raises Tampered where it does not open."""
        cipher = self._ciphers.get(person)
        if cipher is None:
            return b""
        try:
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated)
        except (InvalidTag, ValueError) as error:
            raise Tampered(field="record", rule="record.seal") from error

    def etag(self, office: str, *shown: Collection[Ref]) -> str:
        """The head of the office's own record: it moves with each own event and each delivery received.

        `shown`: the facts of the record, and those of the records that it contradicts.
        """
        return "-".join(f"{own}-{fed}" for own, fed in (self._head_of(office, facts) for facts in shown))

    def _head_of(self, office: str, facts: Collection[Ref]) -> tuple[int, int]:
        own = sum(ref in facts and self.is_of(ref, office) for ref in self.stored)
        # Each feed only grows, and so does the sum of those that the office has taken over.
        heads = {delivery.to: delivery.position for delivery in self.received(office) if delivery.ref in facts}
        return own, sum(heads.values())


def shelf(
    reader: Reader,
    keys: PersonKeys,
    offices: Offices,
    person: str,
    *,
    pending: bool = False,
    known_at: datetime | None = None,
) -> Shelf:
    """The dossier of one person.

    `known_at`: only what was sequenced, or fed to the office, by that moment, and of it no part that was withdrawn from
    the office since: what was told in error is shown no more, not even as what was known then. `pending`: with the
    events that the sequencer has not reached, which a command must see and a forwarder must not.
    """
    return shelves(reader, keys, offices, [person], pending=pending, known_at=known_at)[0]


def shelves(
    reader: Reader,
    keys: PersonKeys,
    offices: Offices,
    persons: Iterable[str],
    *,
    pending: bool = False,
    known_at: datetime | None = None,
) -> list[Shelf]:
    """The dossiers of these persons, each once, read together."""
    if not (wanted := list(persons)):
        return []
    return shelved(reader.gathered(wanted), keys, offices, pending=pending, known_at=known_at)


def shelved(
    found: Gathered, keys: PersonKeys, offices: Offices, *, pending: bool = False, known_at: datetime | None = None
) -> list[Shelf]:
    """The dossiers in what was read of them, each once."""
    stored: dict[str, list[StoredEvent]] = {}
    for event in found.events:
        if (event.index is not None or pending) and (known_at is None or _by(event.sequenced_at, known_at)):
            stored.setdefault(event.frame.subject.id, []).append(event)
    told: dict[str, list[StoredDelivery]] = {}
    for delivery in found.deliveries if known_at is None else _known(found.deliveries, offices, known_at):
        told.setdefault(delivery.person, []).append(delivery)
    ciphers = keys.ciphers(found.keys)
    return [
        Shelf(
            group,
            [event for person in group for event in stored.get(person, ())],
            [delivery for person in group for delivery in told.get(person, ())],
            ciphers,
            offices,
        )
        for group in dict.fromkeys(found.dossiers.values())
    ]


def as_told(row: NewDelivery) -> Delivery:
    """A stored delivery as the protocol speaks of it."""
    return Delivery(
        ref=row.ref,
        teller=row.teller,
        to=row.to,
        parts=row.parts,
        ground=row.ground,
        kind=cast("NoteKind | None", row.kind),
        asked=tuple(Question(cast("NoteKind", kind), due_on) for kind, due_on in row.asked),
        act=row.act or "",
        trigger=row.trigger,
        revision=row.revision,
    )


def as_stored(delivery: Delivery, person: str) -> NewDelivery:
    """A delivery of the protocol as the store takes it."""
    return NewDelivery(
        ref=delivery.ref,
        person=person,
        teller=delivery.teller,
        to=delivery.to,
        parts=delivery.parts,
        ground=delivery.ground,
        kind=delivery.kind,
        asked=tuple((question.kind, question.due_on) for question in delivery.asked),
        act=delivery.act or None,
        trigger=delivery.trigger,
        revision=delivery.revision,
    )


def _latest(deliveries: Iterable[StoredDelivery]) -> Iterable[StoredDelivery]:
    found: dict[tuple[Ref, str, str], StoredDelivery] = {}
    for delivery in deliveries:
        key = (delivery.ref, delivery.teller, delivery.to)
        if key not in found or found[key].revision < delivery.revision:
            found[key] = delivery
    return found.values()


def _known(delivered: Sequence[StoredDelivery], offices: Offices, known_at: datetime) -> Iterator[StoredDelivery]:
    """What was delivered by then, with those of its parts that somebody still leaves to the office told."""
    left: dict[tuple[Ref, str], frozenset[Part]] = {}
    for told in handed_on(((as_told(row), row.person) for row in _latest(delivered)), offices):
        left[told.ref, told.to] = left.get((told.ref, told.to), frozenset()) | told.parts
    for row in delivered:
        if row.at <= known_at:
            yield msgspec.structs.replace(row, parts=row.parts & left[row.ref, offices.successor(row.to, row.person)])


def _by(moment: datetime | None, known_at: datetime) -> bool:
    return moment is not None and moment <= known_at
