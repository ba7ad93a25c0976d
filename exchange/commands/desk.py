"""One act in the making: each item is decided on the office's own book, as the items before it leave that book."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from events.catalogue import content_of, fact_of
from events.catalogue.fact import Fact
from events.catalogue.person import Merged
from events.codec import opened_event, require_repeat, sealed_event
from events.envelope import Envelope, Ref, Subject
from events.errors import Conflict, Malformed, StaleVersion
from events.event import Event, parts_of
from events.faults import Faults
from events.stamp import next_stamp
from events.store.contract import StoredEvent
from exchange.clock import microseconds
from exchange.commands import days, find_case, fitting, match_person, overseeing, rejecting, sheltering, tying
from exchange.commands.act import Item, Result
from exchange.commands.complete import as_first_said, complete
from exchange.commands.decisions import Decisions
from exchange.commands.lookups import Lookups
from exchange.commands.references import uuid_of
from exchange.commands.wellformed import wellformed
from exchange.ids import new_id, new_person_id
from exchange.protocol.book import ALL_PARTS, Book
from exchange.protocol.dossier import ever_joined
from exchange.protocol.legality import check
from exchange.protocol.questions.one_document import facts_shown
from exchange.protocol.record import Record
from exchange.protocol.refusals import NoSuchCase, NoSuchEvent, UnknownPerson
from exchange.protocol.view import view

if TYPE_CHECKING:
    from exchange.node import Node

OPENING = frozenset({"person.registered", "movement.arrived"})
ASKING = frozenset({"enquiry.opened"})  # may be about a person whom the office does not hold
LINKING = frozenset({"person.merged"})  # joins the ids of two dossiers
_HANDLE = re.compile(r"#(\d{1,4})")


class Desk:
    """Decides the items of one act for one office; what is to be written stands in `decided`, or nothing does."""

    def __init__(self, node: Node, lookups: Lookups, office: str, actor: str, moment: datetime) -> None:
        self.node = node
        self.lookups = lookups
        self.office = office
        self.actor = actor
        self.moment = moment
        self.today = days.today(moment)
        self.submission = ""
        self.persons: list[str] = []  # by item
        self.ties: list[tuple[int, Fact, str]] = []  # item, what it says, and the person
        self._handles: dict[str, str] = {}
        self._books: dict[str, Book] = {}
        self._etags: dict[str, str] = {}
        self._views: dict[int, tuple[int, tuple[Record, ...]]] = {}
        self._heads: dict[str, int] = {}
        self.decided = Decisions()

    def judged(self, item: Item) -> dict[str, Any]:
        """What the item says, in its one spelling. Raises Malformed for all that is wrong with it by itself."""
        faults, content = Faults(), {}
        with faults:
            content = wellformed(item.type, item.day, item.content, self.today)
        with faults:
            if item.id is not None:
                uuid_of(item.id)
        faults.settle()
        return content

    def take(self, item: Item, content: dict[str, Any]) -> Result:
        """Decide one item by what it says. Raises the ExchangeError that speaks against it."""
        id_ = item.id if item.id is not None else new_id(self.moment)
        self.submission = self.submission or item.submission or id_  # an act without a name has that of its first event
        if id_ in self.decided.events:
            raise Malformed(field="id", rule="id.twice", value=id_)
        stored = self.lookups.stored(Ref(self.office, id_)) if item.id is not None else None
        result = self._repeat(item, content, stored) if stored is not None else self._decide(item, content, id_)
        self.persons.append(str(result.person))
        if item.person is not None:
            self._handles.setdefault(item.person, str(result.person))
        return result

    def _decide(self, item: Item, content: dict[str, Any], id_: str) -> Result:
        person = self._person(item, content)
        if isinstance(content.get("other"), str):
            content["other"] = self._other(item.type, content["other"])
        content = tying.with_other(content, lambda other: tying.other_named(other, self._named, self.record))
        book = self._book(person)
        record = self.record(person)
        if item.if_match is not None and item.if_match != self._etags.get(person, "0-0"):
            raise StaleVersion(field="if_match", offered=item.if_match, found=self._etags.get(person, "0-0"))
        if item.type == "notification.rejected":
            content = rejecting.completed(content, book)
        fact = fact_of(item.type, complete(item.type, content, self.office, record))
        known = self._overseen(item, content, person) or record
        check(fact, item.day, self.office, known, person, deferrals=self.node.deadlines.periods["deferrals"])
        overseeing.require_held(self.node, self.office, fact, record, self.lookups.shelf)
        meant = sheltering.may_be_meant(self.node, self.lookups.session, self.office, fact, record)
        subject = person if known is None else fitting.subject(fact, person, known)
        if item.because is None:
            first = tying.first_of_both(fact, subject, (event.frame for event in self.decided.events.values()))
            item = msgspec.structs.replace(item, because=first)
        self._caused(item.because)
        if record is not None:
            fitting.require_new(self.submission, record, self.decided.events)
            fitting.require(fact, record, self.today)
        stamp = next_stamp(microseconds(self.moment), [book.highest_stamp()])
        self._heads[subject] = version = self._head(subject) + 1
        frame = tying.touching(self._frame(item, id_, subject, fact, stamp, version), meant)
        parts = parts_of(fact)[1]
        sealed = sealed_event(frame, parts, self._cipher(subject) if parts else None)
        self.decided.events[id_] = sealed
        tokens = match_person.tokens(self.node.index, content_of(fact))  # who shares one is read together, as if merged
        self.decided.links += [(subject, other) for other in self.lookups.apart(subject, self._holders(tokens))]
        self.decided.tokens += [(token, subject) for token in tokens]
        if isinstance(fact, Merged):
            self.decided.links.append((subject, fact.other))
            self.decided.need_key(fact.other, self.lookups.session(), self.node.keys)  # what follows is about it
        book.record(Event(sealed.frame, fact, ALL_PARTS))
        if item.type in tying.TYPES:
            self.ties.append((len(self.persons), fact, subject))
        self.decided.ties += [(other.encode(), subject) for other in frame.touches if item.type in tying.NAMING]
        self.decided.told += [(other.encode(), subject) for other in meant]
        return Result(id=id_, person=subject, status="recorded", version=version, stamp=stamp)

    def _repeat(self, item: Item, content: Mapping[str, Any], stored: StoredEvent) -> Result:
        """The same id again: the first result, if the request says what was said then."""
        subject = stored.frame.subject.id
        known = (item.person or "").count("-") == 4 and item.person not in self._handles
        if item.type != stored.frame.type or (known and item.person not in self._joined(subject)):
            raise Conflict(author=self.office, id=stored.frame.id)
        wrapped = self.lookups.session().wrapped_keys([subject]).get(subject)
        cipher = self.node.keys.unwrapped(subject, wrapped) if wrapped is not None else None
        first = msgspec.to_builtins(content_of(opened_event(stored, cipher).payload))
        if isinstance(content.get("other"), str):
            content = {**content, "other": first.get("other")} if content["other"] in self._handles else content
        if item.type in tying.TYPES:  # what this office found out the first time, it need not find out again
            item = msgspec.structs.replace(item, because=item.because or stored.frame.because)
            content = tying.with_other(content, lambda other: tying.other_repeated(other, first["other"], self._same))
        fact = fact_of(item.type, as_first_said(item.type, content, first))
        frame = self._frame(item, stored.frame.id, subject, fact, stored.frame.stamp, stored.frame.version)
        require_repeat(stored, tying.touching(frame, stored.frame.touches), parts_of(fact)[1], cipher)
        version, stamp = stored.frame.version, stored.frame.stamp
        return Result(id=stored.frame.id, person=subject, status="repeated", version=version, stamp=stamp)

    def _frame(self, item: Item, id_: str, subject: str, fact: Fact, stamp: int, version: int) -> Envelope:
        return Envelope(
            id=id_,
            type=fact.type,
            schema=type(fact).schema,
            subject=Subject("person", subject),
            touches=tying.touched(fact),
            stay=getattr(fact, "stay", None),
            author=self.office,
            actor=self.actor,
            effective_on=item.day,
            stamp=stamp,
            recorded_at=self.moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            version=version,
            target=getattr(fact, "target", None),
            because=item.because,
            submission=self.submission,
            facts=parts_of(fact)[0],
        )

    def _person(self, item: Item, content: Mapping[str, Any]) -> str:
        """The person whom an item is about: named, found by the document, or new."""
        named = item.person
        if named is None and item.type not in OPENING | ASKING:
            found = find_case.person_of(self.lookups.session(), self.office, content)
            if found is None:
                raise Malformed(field="person", rule="person.missing")
            if self.record(found) is None:
                # Whether others hold such a case is not this office's to learn.
                raise NoSuchCase(field="case")
            return found
        if named is not None and self._overseen(item, content, named) is not None:
            return uuid_of(named, "person")
        if named is not None and (found := self._named(named)) is not None:
            record = self.record(found)
            if item.type not in OPENING or record is None or not record.only_asked:
                return found  # on an enquiry no dossier stands: what opens one is matched as if nobody were named
        elif item.type not in OPENING | ASKING:
            raise Malformed(field="person", rule="person.handle", value=named)
        if item.type in OPENING:
            holders = self._holders(match_person.tokens(self.node.index, content))
            match = match_person.match(content, holders, self._events)
            if match is not None:
                return match
        person = new_person_id()
        self._books[person] = Book(self.office, self.node.offices)
        self._heads[person] = 0
        self.decided.keys[person] = self.node.keys.fresh(person)
        return person

    def _overseen(self, item: Item, content: Mapping[str, Any], named: str) -> Record | None:
        return overseeing.known(self.node, self.office, item.type, content, named, self.lookups.shelf)

    def _holders(self, tokens: Iterable[bytes]) -> set[str]:
        """Who holds one of these documents, by the store or by an earlier item of this act."""
        each = (self.lookups.holders(token) | self.decided.holders(token) for token in tokens)
        return set().union(*map(match_person.telling, each))

    def _events(self, person: str) -> Iterable[Event]:
        """What the node knows of a person, under whichever id; not of those who are only read together with them."""
        its = self.lookups.shelf(person).of(person)
        own = self._books[person].recorded.values() if person in self._books else ()
        return [*map(its.event, its.stored), *(event for event in own if event.frame.subject.id in its.persons)]

    def _named(self, named: str, field: str = "person") -> str | None:
        """The person whom an id, an earlier item or a handle in this field names; None for a handle that is new."""
        earlier = _HANDLE.fullmatch(named)
        if earlier is not None:
            at = int(earlier[1])
            if at >= len(self.persons):
                raise Malformed(field=field, rule="person.item", value=named)
            return self.persons[at]
        if named in self._handles or named.count("-") != 4:
            return self._handles.get(named)
        person = uuid_of(named, field)
        if self.record(person) is None:
            # Whether others hold the person is not this office's to learn.
            raise UnknownPerson(field=field)
        return person

    def _caused(self, because: Ref | None) -> None:
        """The cause is an event that the office's own book holds, those of this act included."""
        if because is None:
            return
        earlier = self.decided.events.get(because.id) if because.author == self.office else None
        stored = None if earlier is not None else self.lookups.session().event(because)
        frame = earlier.frame if earlier is not None else stored.frame if stored is not None else None
        record = self.record(frame.subject.id) if frame is not None and frame.subject.kind == "person" else None
        if record is None or because not in record.facts:
            # Whether others hold such an event is not this office's to learn.
            raise NoSuchEvent(field="because", rule="because.unknown")

    def _other(self, type_: str, named: str) -> str:
        if named.startswith("#") or named in self._handles:
            return self._named(named, "other") or named
        other = uuid_of(named, "other")
        held = self.record(other) if type_ == "person.merged" else None
        if held is not None and held.withdrawn:
            raise UnknownPerson(field="other")
        return other  # whether others hold whom this office does not is not its to learn

    def record(self, person: str) -> Record | None:
        """The office's own record of the person, as the act so far leaves it."""
        return next((r for r in self._viewed(self._book(person)) if person in r.persons and r.holds), None)

    def _viewed(self, book: Book) -> tuple[Record, ...]:
        kept = self._views.get(id(book))
        if kept is None or kept[0] != book.changes:
            kept = self._views[id(book)] = (book.changes, view(book))
        return kept[1]

    def _book(self, person: str) -> Book:
        if person not in self._books:
            shelf = self.lookups.shelf(person)
            book = shelf.book(self.office)
            self._books.update(dict.fromkeys(shelf.persons, book))
            for record in (records := self._viewed(book)):
                etag = shelf.etag(self.office, *facts_shown(record, records))
                self._etags.update(dict.fromkeys(record.persons, etag))
        return self._books[person]

    def _head(self, person: str) -> int:
        if person not in self._heads:
            self._heads[person] = self.lookups.shelf(person).head(self.office, person)
        return self._heads[person]

    def _same(self, named: str, person: str) -> bool:
        """Whether an id, a handle or the number of an item stands for this person."""
        known = self._named(named) if named.count("-") != 4 else named
        return known is not None and known in self._joined(person)

    def _joined(self, person: str) -> set[str]:
        """The ids that merges of this office's own book ever made one with this one."""
        return ever_joined(person, (event.frame for event in self._book(person).events()))

    def _cipher(self, person: str) -> AESGCM:
        """The cipher under the person's key, which is made with the first event. Raises Erased where it is gone."""
        if person not in self.decided.keys:
            cipher = self.lookups.shelf(person).cipher(person)
            if cipher is not None:
                return cipher
            self.decided.need_key(person, self.lookups.session(), self.node.keys)
        return self.node.keys.unwrapped(person, self.decided.keys[person])
