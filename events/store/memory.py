"""The store in plain memory: for tests of what needs a store, and as a second witness of the contract.

A transaction works on a copy that takes the place of the whole when it commits, so readers keep their moment.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

import msgspec

from events.codec import SealedEvent
from events.envelope import Envelope, Ref
from events.errors import Erased, StaleVersion
from events.log.leaf import leaf_of
from events.log.tiles import grown, nodes_in
from events.log.tree import Frontier
from events.store.contract import (
    COUNTED,
    TOGETHER,
    Access,
    Acknowledgement,
    Aside,
    Dirty,
    NewDelivery,
    Same,
    StoredDelivery,
    StoredEvent,
    Tokens,
    identical,
)
from events.store.gathering import one_by_one
from events.store.memory_aside import MemoryAside
from events.store.memory_work import MemoryWork
from events.store.rules import at_position, concerned, feed_order, log_order, unfed

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class MemorySession(MemoryWork, MemoryAside):
    """One transaction over dictionaries."""

    gathered = one_by_one

    def __init__(self, before: MemorySession | None = None) -> None:
        def kept(name: str, empty: Any) -> Any:
            return empty if before is None else getattr(before, name).copy()

        self._events: dict[Ref, StoredEvent] = kept("_events", {})
        self._heads: dict[tuple[str, str], int] = kept("_heads", {})
        self._pending: dict[Ref, None] = kept("_pending", {})
        self._versions: dict[Ref, tuple[str, int]] = kept("_versions", {})
        self._aside: dict[Ref, Aside] = kept("_aside", {})
        self._log: list[Ref] = kept("_log", [])
        self._tiles: dict[tuple[int, int], bytes] = kept("_tiles", {})
        self._deliveries: dict[tuple[Ref, str, str, int], StoredDelivery] = kept("_deliveries", {})
        self._feed_heads: dict[str, int] = kept("_feed_heads", {})
        self._acknowledgements: dict[tuple[str, int], Acknowledgement] = kept("_acknowledgements", {})
        self._dirty: dict[str, Dirty] = kept("_dirty", {})
        self._dossiers: dict[str, tuple[str, ...]] = kept("_dossiers", {})
        self._failed: dict[str, None] = kept("_failed", {})
        self._keys: dict[str, bytes | None] = kept("_keys", {})
        self._tokens: dict[tuple[str, bytes, str], None] = kept("_tokens", {})
        self._accesses: list[Access] = kept("_accesses", [])
        self._tree: Frontier = Frontier() if before is None else before._tree  # noqa: SLF001 (its own kind)
        self._at: datetime = _LONG_AGO if before is None else before._at  # noqa: SLF001 (its own kind)
        self.appended: int = 0

    def event(self, ref: Ref) -> StoredEvent | None:
        return self._events.get(ref)

    def events(self, refs: Iterable[Ref]) -> Mapping[Ref, StoredEvent]:
        return {ref: self._events[ref] for ref in refs if ref in self._events}

    def events_of(self, persons: Iterable[str]) -> tuple[StoredEvent, ...]:
        wanted = set(persons)
        return tuple(sorted((e for e in self._events.values() if e.frame.subject.id in wanted), key=log_order))

    def jurisdiction_refs(self) -> frozenset[Ref]:
        return frozenset(event.frame.ref for event in self.jurisdictions())

    def jurisdictions(self) -> tuple[StoredEvent, ...]:
        about_offices = (e for e in self._events.values() if e.frame.subject.kind == "jurisdiction")
        return tuple(sorted(about_offices, key=log_order))

    def head(self, author: str, person: str) -> int:
        return self._heads.get((author, person), 0)

    def guard(self, tokens: Iterable[bytes]) -> None:
        """Nothing to do: there is one writer at a time."""

    def append(self, events: Sequence[SealedEvent], same: Same = identical) -> tuple[StoredEvent, ...]:
        attempt = MemorySession(self)
        results = tuple(attempt._append_one(event, same) for event in events)
        self.__dict__.update(attempt.__dict__ | {"appended": self.appended + attempt.appended})
        return results

    def append_first(self, event: SealedEvent, keys: Mapping[str, bytes], kind: str, tokens: Tokens) -> StoredEvent:
        self.keep(keys, kind, tokens)
        return self.append([event])[0]

    def _append_one(self, event: SealedEvent, same: Same) -> StoredEvent:
        frame = event.frame
        stored = self._events.get(frame.ref)
        if stored is not None:
            same(stored, event)
            return stored
        head = self.head(frame.author, frame.subject.id)
        if frame.version != head + 1:
            raise StaleVersion(field="version", rule="stream.version", offered=frame.version, found=head)
        self._events[frame.ref] = stored = StoredEvent(frame=frame, body=event.body, sealed=event.sealed)
        self._pending[frame.ref] = None
        self._versions[frame.ref] = (frame.subject.id, frame.version)
        self._heads[frame.author, frame.subject.id] = frame.version
        self.appended += 1
        return stored

    def pending(self, most: int = COUNTED) -> int:
        return min(len(self._pending), most + 1)

    def log(self, start: int, limit: int) -> tuple[StoredEvent, ...]:
        return tuple(self._events[ref] for ref in self._log[max(start, 0) : max(start, 0) + limit])

    def frontier(self) -> Frontier:
        return self._tree

    def node(self, level: int, index: int) -> bytes:
        return nodes_in(self._tile)(level, index)

    def sequence(self, limit: int, at: datetime, most: int = TOGETHER) -> tuple[Envelope, ...]:
        chosen = self._next(limit, most)
        self._require_fit(chosen)
        if not chosen:
            return ()
        frames = tuple(stored.frame for stored in self._place(chosen, at))
        self.mark_dirty((person for frame in frames for person in concerned(frame)), self._at)
        return frames

    def _next(self, limit: int, most: int) -> Sequence[Ref]:
        chosen = self._whole_submissions(limit)
        while len(chosen) > most and limit > 1:
            limit //= 2
            chosen = self._whole_submissions(limit)
        return chosen[:most]

    def _whole_submissions(self, limit: int) -> list[Ref]:
        submissions: dict[tuple[str, str], list[Ref]] = {}
        for number, ref in enumerate(self._pending):
            stored = self._events.get(ref)
            key = (ref.author, ref.id if stored is None else stored.frame.submission)
            if number < limit or key in submissions:
                submissions.setdefault(key, []).append(ref)
        return [ref for refs in submissions.values() for ref in refs]

    def place(self, refs: Iterable[Ref], at: datetime) -> tuple[StoredEvent, ...]:
        wanted = set(refs)
        return self._place([ref for ref in self._pending if ref in wanted], at)

    def _place(self, chosen: Sequence[Ref], at: datetime) -> tuple[StoredEvent, ...]:
        given = self._moved_on(at)
        placed = tuple(
            msgspec.structs.replace(self._events[ref], index=self._tree.size + number, sequenced_at=given)
            for number, ref in enumerate(chosen)
        )
        leaves = [leaf_of(stored.body) for stored in placed]
        self._tree, changed = grown(self._tree, leaves, self._tile)
        self._tiles |= changed
        self._log += chosen
        for stored in placed:
            self._events[stored.frame.ref] = stored
            del self._pending[stored.frame.ref]
        return placed

    def _tile(self, level: int, index: int) -> bytes:
        return self._tiles.get((level, index), b"")

    def _moved_on(self, at: datetime) -> datetime:
        self._at = max(self._at, at)
        return self._at

    def feed(self, office: str, after: int, limit: int) -> tuple[StoredDelivery, ...]:
        fed = sorted((d for d in self._deliveries.values() if d.to == office and d.position > after), key=feed_order)
        return tuple(fed[:limit])

    def deliveries_of(self, persons: Iterable[str]) -> tuple[StoredDelivery, ...]:
        wanted = set(persons)
        return tuple(sorted((d for d in self._deliveries.values() if d.person in wanted), key=feed_order))

    def deliver(self, deliveries: Sequence[NewDelivery], at: datetime) -> tuple[StoredDelivery, ...]:
        fresh = unfed(deliveries, self._deliveries.values())
        fed: list[StoredDelivery] = []
        for delivery in fresh:
            position = self._feed_heads.get(delivery.to, 0) + 1
            self._feed_heads[delivery.to] = position
            fed.append(at_position(delivery, position, self._moved_on(at)))
        self._deliveries |= {delivery.key: delivery for delivery in fed}
        return tuple(fed)

    def acknowledge(self, office: str, position: int, at: datetime, by: str) -> Acknowledgement:
        if not 0 < position <= self._feed_heads.get(office, 0):
            raise KeyError((office, position))
        return self._acknowledgements.setdefault((office, position), Acknowledgement(office, position, at, by))

    def acknowledged(self, office: str, positions: Iterable[int]) -> Mapping[int, Acknowledgement]:
        held = self._acknowledgements
        return {position: held[office, position] for position in positions if (office, position) in held}

    def acknowledged_at(self, places: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], Acknowledgement]:
        return {place: self._acknowledgements[place] for place in places if place in self._acknowledgements}

    def wrapped_key(self, person: str) -> bytes | None:
        if person not in self._keys:
            return None
        wrapped = self._keys[person]
        if wrapped is None:
            raise Erased(person=person)
        return wrapped

    def wrapped_keys(self, persons: Iterable[str]) -> Mapping[str, bytes]:
        return {person: wrapped for person in persons if (wrapped := self._keys.get(person)) is not None}

    def some_keys(self, limit: int) -> tuple[bytes, ...]:
        return tuple(islice((wrapped for wrapped in self._keys.values() if wrapped is not None), limit))

    def put_key(self, person: str, wrapped: bytes) -> bytes:
        self._keys.setdefault(person, wrapped)
        return self.wrapped_key(person) or wrapped

    def destroy_key(self, person: str) -> None:
        self._keys[person] = None

    def put_token(self, kind: str, token: bytes, person: str) -> None:
        self._tokens[kind, token, person] = None

    def keep(self, keys: Mapping[str, bytes], kind: str, tokens: Tokens) -> None:
        for person, wrapped in keys.items():
            self.put_key(person, wrapped)
        self._tokens.update(dict.fromkeys((kind, token, person) for token, person in tokens))

    def persons_with(self, kind: str, token: bytes) -> tuple[str, ...]:
        return tuple(sorted(person for k, t, person in self._tokens if (k, t) == (kind, token)))

    def remove_tokens(self, persons: Collection[str]) -> None:
        self._tokens = {key: None for key in self._tokens if key[2] not in persons}

    def record_access(self, entries: Iterable[Access]) -> None:
        numbered = enumerate(entries, len(self._accesses) + 1)
        self._accesses += [msgspec.structs.replace(entry, number=number) for number, entry in numbered]

    def accesses(self, person: str, after: int, limit: int) -> tuple[Access, ...]:
        return tuple([e for e in self._accesses if e.person == person and e.number > after][:limit])


class MemoryStore:
    """Lives as long as this object."""

    def __init__(self) -> None:
        self._now = MemorySession()
        self._turn = threading.Lock()

    @contextmanager
    def write(self, guard: Iterable[bytes] = ()) -> Iterator[MemorySession]:
        """A transaction that takes effect when the block ends, and not at all when it raises. No guard: one writer."""
        with self._turn:
            session = MemorySession(self._now)
            yield session
            self._now = session

    @contextmanager
    def read(self) -> Iterator[MemorySession]:
        """The last commit, however long the block takes."""
        yield self._now

    def append_alone(self, event: SealedEvent, same: Same = identical) -> StoredEvent:
        """Append one event that nothing else goes with, in a transaction of its own."""
        with self.write() as session:
            return session.append([event], same)[0]

    def close(self) -> None:
        """Nothing to let go of."""
