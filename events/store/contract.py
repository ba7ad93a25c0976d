"""What every store promises: facts are appended and never changed, and readers page by what is given after commit.

A store opens transactions: `write()` commits when its block ends and takes everything back when it raises; `read()`
sees one moment throughout. Writes of events and deliveries are refused as a whole or taken as a whole.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

import msgspec

from events.codec import SealedEvent
from events.envelope import Envelope, Part, Ref
from events.errors import Conflict
from events.log.tree import Frontier

Tokens = Sequence[tuple[bytes, str]]  # of a blind index, and who holds each
Same = Callable[["StoredEvent", SealedEvent], None]

TOGETHER = 5_000  # events that get their places at once, however large an act is
COUNTED = 10_000  # so far is counted what somebody only looks at, however much there is


class StoredEvent(SealedEvent, frozen=True, kw_only=True):
    """An event that the store holds; `index` and `sequenced_at` are None until the sequencer has given them."""

    index: int | None = None
    sequenced_at: datetime | None = None


class NewDelivery(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """This event of this person, told by `teller` to `to`, with these parts, on this ground.

    `asked`: each question's kind, and the day by which the answer is due. `act`: the submission it belongs to.
    """

    ref: Ref
    person: str
    teller: str
    to: str
    parts: frozenset[Part]
    ground: str
    kind: str | None = None
    asked: tuple[tuple[str, str | None], ...] = ()
    act: str | None = None
    trigger: Ref | None = None
    revision: int = 1

    @property
    def key(self) -> tuple[Ref, str, str, int]:
        """What the same delivery made twice has in common."""
        return (self.ref, self.teller, self.to, self.revision)


class StoredDelivery(NewDelivery, frozen=True, kw_only=True):
    """A delivery at its gap-free position, from 1, in the recipient's feed."""

    position: int
    at: datetime


class Gathered(msgspec.Struct, frozen=True, kw_only=True):
    """All that is stored of some dossiers, at one moment. `dossiers`: by person, those asked for; `events` and
    `deliveries`: of all persons in them, in the order of the log and the feed; `keys`: as `wrapped_keys`; `named`: the
    events that were asked for by name; `offices`: as `jurisdiction_refs`.
    """

    dossiers: Mapping[str, tuple[str, ...]]
    events: tuple[StoredEvent, ...]
    deliveries: tuple[StoredDelivery, ...]
    keys: Mapping[str, bytes]
    named: Mapping[Ref, StoredEvent]
    offices: frozenset[Ref]


class Dirty(msgspec.Struct, frozen=True):
    """A person whose books must be read again. `marks`: the last mark seen; a higher one came during the work."""

    person: str
    since: datetime
    marks: int


class Aside(msgspec.Struct, frozen=True):
    """An event that was set aside, the person or office that it is about, why (`store.rules`), and since when."""

    ref: Ref
    subject: str
    why: str
    since: datetime


class Acknowledgement(msgspec.Struct, frozen=True):
    """The delivery at `position` of the office's feed was seen: of the message, never of the fact."""

    office: str
    position: int
    at: datetime
    by: str


class Access(msgspec.Struct, frozen=True, kw_only=True):
    """Someone read a person's data. `number` is given by the store."""

    office: str
    actor: str
    purpose: str
    person: str
    fields: tuple[str, ...]
    at: datetime
    number: int = 0


def identical(stored: StoredEvent, offered: SealedEvent) -> None:
    """The plainest judgement of a repeat, without any key: the bytes of the frame are the same. Raises Conflict."""
    if stored.body != offered.body:
        raise Conflict(author=stored.frame.author, id=stored.frame.id)


class Reader(Protocol):
    """One moment of the store. Where a sequence comes back, it is in the order of the log, the feed, or the key."""

    def gathered(self, persons: Iterable[str], named: Iterable[Ref] = ()) -> Gathered:
        """All that is stored of the dossiers of these persons, and the events of these names."""

    def event(self, ref: Ref) -> StoredEvent | None: ...

    def events(self, refs: Iterable[Ref]) -> Mapping[Ref, StoredEvent]: ...

    def events_of(self, persons: Iterable[str]) -> tuple[StoredEvent, ...]:
        """Every event about these subjects, those not yet sequenced last."""

    def jurisdiction_refs(self) -> frozenset[Ref]:
        """Which events about an office there are: cheaper than reading them, to see whether any is new."""

    def jurisdictions(self) -> tuple[StoredEvent, ...]:
        """Every event about an office."""

    def head(self, author: str, person: str) -> int:
        """The version of the last event in this stream; 0 where there is none."""

    def log(self, start: int, limit: int) -> tuple[StoredEvent, ...]:
        """The events with the log indexes `start`, `start + 1`, …; indexes begin at 0."""

    def frontier(self) -> Frontier:
        """The tree over all leaves of the log: its size is the next log index."""

    def node(self, level: int, index: int) -> bytes:
        """The hash of a full subtree (events.log.tree), for proofs. Raises Tampered where it is not there."""

    def pending(self, most: int = COUNTED) -> int:
        """How many events wait for the sequencer, counted no further than `most` + 1."""

    def aside(self, most: int = COUNTED) -> tuple[Aside, ...]:
        """What was set aside, in the order in which it was, no more than the first `most` + 1."""

    def feed(self, office: str, after: int, limit: int) -> tuple[StoredDelivery, ...]:
        """What the office was told, from behind this position."""

    def deliveries_of(self, persons: Iterable[str]) -> tuple[StoredDelivery, ...]: ...

    def acknowledged(self, office: str, positions: Iterable[int]) -> Mapping[int, Acknowledgement]: ...

    def acknowledged_at(self, places: Iterable[tuple[str, int]]) -> Mapping[tuple[str, int], Acknowledgement]:
        """The same for positions in the feeds of many offices."""

    def marked(self, most: int = COUNTED) -> int:
        """How many persons are marked, looked for among no more than `most` + 1 marks."""

    def failed(self) -> int:
        """How many dossiers have a mark that somebody claimed and could not work off."""

    def oldest_dirty(self) -> datetime | None:
        """Since when the longest waiting person waits: the lag of forwarding."""

    def linked(self, person: str) -> tuple[str, ...]:
        """All ids that merges ever joined with this one, itself included, sorted."""

    def dossiers(self, persons: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
        """The same for many persons at once."""

    def wrapped_key(self, person: str) -> bytes | None:
        """The person's wrapped key; None where there never was one. Raises Erased where it was destroyed."""

    def wrapped_keys(self, persons: Iterable[str]) -> Mapping[str, bytes]:
        """The keys of those who have one: neither the erased nor those who never had one."""

    def some_keys(self, limit: int) -> tuple[bytes, ...]:
        """The wrapped keys of so many persons, whoever they are."""

    def persons_with(self, kind: str, token: bytes) -> tuple[str, ...]:
        """Who holds this blind index token."""

    def accesses(self, person: str, after: int, limit: int) -> tuple[Access, ...]:
        """Who read this person's data, by number."""


class Session(Reader, Protocol):
    """A transaction that writes; what it wrote it reads."""

    def append(self, events: Sequence[SealedEvent], same: Same = identical) -> tuple[StoredEvent, ...]:
        """All of these events or none, each at the version in its frame; those that were appended before come back as
        they stand, if `same` finds that they say the same.

        Raises StaleVersion where a stream does not stand right before the version, and what `same` raises.
        """

    def append_first(self, event: SealedEvent, keys: Mapping[str, bytes], kind: str, tokens: Tokens) -> StoredEvent:
        """`keep`, and `append` of the one event that makes its person known. Raises as both."""

    def guard(self, tokens: Iterable[bytes]) -> None:
        """Until this transaction ends nobody else passes here with one of these tokens."""

    def sequence(self, limit: int, at: datetime, most: int = TOGETHER) -> tuple[Envelope, ...]:
        """Give the next log indexes to about `limit` events in the order in which they came, each submission together;
        grow the tree; mark their persons dirty. `at` is moved on where it lies before the last moment given. Their
        frames, in the order of the places given: whatever else stands of them is not read.

        Never to more than `most`, so that all fits in memory: of a larger submission the first ones, the others later.

        Raises Tampered where one of these does not open, or waits behind one in its stream that was set aside: then
        nobody has a place, the transaction is to be taken back, and `set_aside` finds which.
        """

    def set_aside(self, limit: int, at: datetime, most: int = TOGETHER) -> tuple[Aside, ...]:
        """Of those to whom `sequence` would give places, let wait no longer whichever does not open, and what follows
        it in its stream, so that no stream is in the log in another order than its own. Which those were.
        """

    def resume(self, after: int, limit: int) -> int:
        """Let wait again, before all others and in its order, what was set aside and opens now, with what follows it.

        Looks at no more than `limit` that did not open, behind this place; the place to go on at, 0 at the end.
        """

    def place(self, refs: Iterable[Ref], at: datetime) -> tuple[StoredEvent, ...]:
        """Give the next log indexes to these events, which this transaction has appended, and mark nobody dirty: what
        they change is the caller's to do, in the same transaction. `at` is moved on as in `sequence`.
        """

    def deliver(self, deliveries: Sequence[NewDelivery], at: datetime) -> tuple[StoredDelivery, ...]:
        """Feed what was not fed before, and say what that was. `at` is moved on as in `sequence`.

        Raises Conflict where the same event, teller, recipient and revision were fed with other content.
        """

    def acknowledge(self, office: str, position: int, at: datetime, by: str) -> Acknowledgement:
        """The first acknowledgement counts. Raises KeyError where the feed has no such position."""

    def mark_dirty(self, persons: Iterable[str], at: datetime) -> None:
        """Their books must be read again; whoever was marked before keeps that place, and its age."""

    def claim(self, limit: int) -> tuple[Dirty, ...]:
        """Those who were marked first and whose dossier nobody else works on. Claim and finish in one transaction:
        until then nobody else gets them.
        """

    def done(self, claimed: Iterable[Dirty]) -> None:
        """Take them off, unless they were marked again since they were claimed."""

    def fail(self, claimed: Iterable[Dirty]) -> None:
        """Note on their marks, which stay, that they could not be worked off."""

    def link(self, person: str, other: str) -> None: ...

    def put_key(self, person: str, wrapped: bytes) -> bytes:
        """Keep the key unless there is one, and give back the one that stands. Raises Erased where it was destroyed."""

    def destroy_key(self, person: str) -> None: ...

    def put_token(self, kind: str, token: bytes, person: str) -> None: ...

    def keep(self, keys: Mapping[str, bytes], kind: str, tokens: Tokens) -> None:
        """`put_key` for each person with a key here, `put_token` for each token and its holder, all at once."""

    def remove_tokens(self, persons: Collection[str]) -> None: ...

    def record_access(self, entries: Iterable[Access]) -> None: ...


class Store(Protocol):
    """Opens transactions. Raises Unavailable where the database is."""

    def write(self, guard: Iterable[bytes] = ()) -> AbstractContextManager[Session]:
        """A transaction; `guard`: tokens that are passed with right away, as by `Session.guard`."""

    def read(self) -> AbstractContextManager[Reader]: ...

    def append_alone(self, event: SealedEvent, same: Same = identical) -> StoredEvent:
        """Append one event that nothing else goes with, in a transaction of its own. Raises as `Session.append`."""

    def close(self) -> None: ...
