"""A book: what one office knows of one dossier. Pure data."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

import msgspec

from events.catalogue.fact import Fact
from events.catalogue.values import CaseRef, NoteKind
from events.envelope import PARTS, Part, Ref
from events.event import Event, restricted, united
from exchange.protocol.offices import Offices

ALL_PARTS: frozenset[Part] = frozenset(PARTS)
NO_PARTS: frozenset[Part] = frozenset()


class Question(msgspec.Struct, frozen=True, order=True, array_like=True, gc=False):
    """A question that a delivery put: its kind, and the day by which the answer is due, fixed when it was put."""

    kind: NoteKind
    due_on: str | None = None


class Delivery(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """This event, told by `teller` to `to`, with these parts, on this ground.

    `kind`: of the notification, None where it comes without one. `act`: the submission that it belongs to.
    `asked`: every question that its revisions put; the latest revision of one teller counts.
    """

    ref: Ref
    teller: str
    to: str
    parts: frozenset[Part]
    ground: str
    kind: NoteKind | None = None
    asked: tuple[Question, ...] = ()
    act: str = ""
    trigger: Ref | None = None
    revision: int = 1

    @property
    def asks(self) -> bool:
        """Whether the notification expects a reply."""
        return any(question.kind == self.kind for question in self.asked)

    def cases(self) -> tuple[tuple[CaseRef, str | None], ...]:
        """The cases that it opens, each with its day."""
        return tuple([(CaseRef(self.ref, self.to, q.kind), q.due_on) for q in self.asked])


class News(IntEnum):
    """How much changed of an event in a book: the more, the higher."""

    TOLD = 1  # the office told it to somebody, and asked nothing by that
    QUESTION = 2  # what the office told of it asks something, or another told it the same once more
    EVENT = 3  # it was not there, or not all that is now known of it


class Book:
    """One office's events of one dossier, the deliveries it received, and those that it made."""

    def __init__(self, office: str, jurisdictions: Offices) -> None:
        self.office = office
        self.offices = jurisdictions
        self.recorded: dict[Ref, Event] = {}
        self.received: dict[tuple[Ref, str], Delivery] = {}  # by (event, teller)
        self.told: dict[tuple[Ref, str], Delivery] = {}  # by (event, recipient)
        self.changes = 0  # counts every change, so that what was derived from the book can be kept
        self.found: object = None  # what `view` found when it last looked
        self.news: dict[Ref, News] = {}  # what changed since then, by event
        self._full: dict[Ref, Event] = {}
        self._tellers: dict[Ref, dict[str, Delivery]] = {}
        self._parts: dict[Ref, frozenset[Part]] = {}  # what these last delivered
        self._shown: dict[Ref, Event] = {}  # as far as these parts tell it, once somebody asked
        self._kinds: set[type[Fact]] = set()  # of all events

    def record(self, event: Event) -> None:
        """Take an event of the office's own."""
        self.recorded[event.frame.ref] = event
        self._kinds.add(type(event.payload))
        self._note(event.frame.ref, News.EVENT)

    def receive(self, delivery: Delivery, event: Event) -> bool:
        """Take what was delivered; a repeat or an older revision changes nothing. True if the book changed."""
        key = (delivery.ref, delivery.teller)
        known = self.received.get(key)
        if known is not None and known.revision >= delivery.revision:
            return False
        held, parts = self._full.get(delivery.ref), self.parts(delivery.ref)
        self.received[key] = delivery
        tellers = self._tellers.setdefault(delivery.ref, {})
        tellers[delivery.teller] = delivery
        self._parts[delivery.ref] = NO_PARTS.union(*[each.parts for each in tellers.values()])
        self._full[delivery.ref] = event if held is None else united(held, event)
        self._shown.pop(delivery.ref, None)
        self._kinds.add(type(event.payload))
        as_before = held is not None and self.parts(delivery.ref) == parts
        self._note(delivery.ref, News.QUESTION if as_before else News.EVENT)
        return True

    def tell(self, delivery: Delivery) -> None:
        """Note a delivery that the office made."""
        key = (delivery.ref, delivery.to)
        asked = delivery.asked or (key in self.told and self.told[key].asked)
        self.told[key] = delivery
        self._note(delivery.ref, News.QUESTION if asked else News.TOLD)

    def _note(self, ref: Ref, news: News) -> None:
        self.changes += 1
        self.news[ref] = max(news, self.news.get(ref, news))

    def parts(self, ref: Ref) -> frozenset[Part]:
        """The parts held of an event: all of one's own, else what its tellers last delivered."""
        return ALL_PARTS if ref in self.recorded else self._parts.get(ref, NO_PARTS)

    def holds(self, ref: Ref) -> bool:
        """Whether the book holds the event, with whatever parts."""
        return ref in self.recorded or ref in self._full

    def event(self, ref: Ref) -> Event:
        """One event as far as its held parts tell it. Raises KeyError where the book does not hold it."""
        event = self.recorded.get(ref) or self._shown.get(ref)
        if event is None:
            event = self._shown[ref] = restricted(self._full[ref], self._parts[ref])
        return event

    def events(self) -> list[Event]:
        """All events of the book, each as far as its held parts tell it."""
        return [*self.recorded.values(), *[self.event(ref) for ref in self._tellers if ref not in self.recorded]]

    def events_of(self, kind: type[Fact]) -> list[Event]:
        """Those of one kind; no other is looked at closely, and none where there is none of it."""
        if kind not in self._kinds:
            return []
        return [
            self.event(ref)
            for events in (self.recorded, self._full)
            for ref, event in events.items()
            if isinstance(event.payload, kind) and (events is self.recorded or ref not in self.recorded)
        ]

    def highest_stamp(self) -> int:
        """The highest stamp in the book; a new event's must be above it."""
        own = (e.frame.stamp for e in self.recorded.values())
        foreign = (event.frame.stamp for event in self._full.values())
        return max(max(own, default=0), max(foreign, default=0))

    def copy(self) -> Book:
        """A book that can be changed without this one."""
        twin = Book(self.office, self.offices)
        twin.recorded, twin.received = dict(self.recorded), dict(self.received)
        twin.told, twin._full = dict(self.told), dict(self._full)
        twin._tellers = {ref: dict(told) for ref, told in self._tellers.items()}
        twin._parts, twin._shown = dict(self._parts), dict(self._shown)
        twin._kinds = set(self._kinds)
        return twin


def book_of(
    office: str, jurisdictions: Offices, own: Iterable[Event], received: Iterable[tuple[Delivery, Event]] = ()
) -> Book:
    """A book from its entries, in any order."""
    book = Book(office, jurisdictions)
    for event in own:
        book.record(event)
    for delivery, event in received:
        book.receive(delivery, event)
    return book
