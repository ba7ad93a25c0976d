"""What a settlement of one dossier asks of this node: keys, stamps and deadlines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from events.catalogue.case import EnquiryOpened, RequestOpened
from events.catalogue.fact import Fact
from events.codec import SealedEvent, sealed_event
from events.envelope import SYSTEM_ACTOR, Envelope, Ref, Subject
from events.event import Event, parts_of
from events.stamp import next_stamp
from exchange.books import Shelf
from exchange.clock import day_of, microseconds
from exchange.ids import derived_id
from exchange.jurisdictions import deadlines
from exchange.pipeline.relatives import Relatives
from exchange.protocol.book import ALL_PARTS, Book, Delivery, Question
from exchange.protocol.draft import Draft
from exchange.protocol.duties import Rule
from exchange.protocol.life.kinship import Kin
from exchange.protocol.matching import matching
from exchange.protocol.record import Record
from exchange.protocol.shown.sheltered import NOTHING
from exchange.protocol.telling.due import Due
from exchange.protocol.view import Reading, view

if TYPE_CHECKING:
    from exchange.node import Node


def deadline_of(kind: str, opening: Fact) -> str:
    """Which deadline a question has: one about a stay its own; a death that asks by an update that of a death."""
    if isinstance(opening, RequestOpened) and opening.asks == "stay":
        return "review"
    return "death" if kind == "update" else kind


def is_urgent(opening: Fact) -> bool:
    """Whether the question says that it cannot wait."""
    return isinstance(opening, EnquiryOpened | RequestOpened) and opening.urgent


class Settling:
    """The node of one settlement (`exchange.protocol.settle.Node`). `sealed`: the automatic events, to be appended."""

    def __init__(self, node: Node, shelf: Shelf, moment: datetime, relatives: Relatives | None = None) -> None:
        self._relatives = relatives
        self.rules: Mapping[str, Rule] = node.rules
        self.confirm_equal = node.settings.confirm_equal
        self._node = node
        self._shelf = shelf
        self._moment = moment
        self._heads: dict[tuple[str, str], int] = {}
        self.sealed: list[SealedEvent] = []

    def serves(self, office: str) -> bool:
        return self._node.serves(office)

    def open_book(self, office: str) -> Book:
        return Book(office, self._node.offices)

    def view(self, book: Book) -> tuple[Record, ...]:
        return view(book)

    def kin(self, office: str, record: Record) -> Mapping[str, Kin]:
        return self._relatives.kin(office, record) if self._relatives is not None else {}

    def sheltered(self, office: str, record: Record) -> frozenset[Ref]:
        return self._relatives.sheltered(office, record) if self._relatives is not None else NOTHING

    def match(self, read: Mapping[str, tuple[Reading, ...]]) -> Mapping[str, list[Due]]:
        return matching(read)

    def make_event(self, office: str, draft: Draft, book: Book) -> Event:
        fact = draft.payload
        facts, parts = parts_of(fact)
        stream = (office, draft.person)
        version = self._heads.get(stream, 0) or self._shelf.head(office, draft.person)
        self._heads[stream] = version + 1
        frame = Envelope(
            id=draft.id,
            type=fact.type,
            schema=type(fact).schema,
            subject=Subject("person", draft.person),
            touches=draft.touches,
            stay=getattr(fact, "stay", None),
            author=office,
            actor=SYSTEM_ACTOR,
            effective_on=draft.day or day_of(self._moment).isoformat(),
            stamp=next_stamp(microseconds(self._moment), [book.highest_stamp(), draft.after]),
            recorded_at=self._moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            version=version + 1,
            target=getattr(fact, "target", None),
            because=draft.because,
            submission=derived_id("act", office, draft.id),
            facts=facts,
        )
        sealed = sealed_event(frame, parts, self._shelf.cipher(draft.person))
        self.sealed.append(sealed)
        return Event(sealed.frame, fact, ALL_PARTS)

    def set_deadlines(self, delivery: Delivery) -> Delivery:
        if all(question.due_on is not None for question in delivery.asked):
            return delivery
        asked = tuple(q if q.due_on is not None else self._due(q, delivery) for q in delivery.asked)
        return msgspec.structs.replace(delivery, asked=asked)

    def _due(self, question: Question, delivery: Delivery) -> Question:
        opening = self._shelf.event(delivery.ref).payload
        kind, urgent, today = deadline_of(question.kind, opening), is_urgent(opening), day_of(self._moment)
        rules, calendar = self._node.deadlines, self._node.calendar
        due = deadlines.due_on(kind, delivery.teller, delivery.to, today, urgent=urgent, rules=rules, calendar=calendar)
        return Question(question.kind, due.day.isoformat())
