"""Enquiries in a random history: about persons held and about strangers; and what must hold of each of them."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator

from events.catalogue.amendment import Corrected
from events.catalogue.case import EnquiryAnswered, EnquiryOpened, Escalated, Redirected, Reply, RequestOpened, Withdrawn
from events.catalogue.fact import Fact
from events.catalogue.person import Protected, Unprotected
from events.envelope import Ref
from events.errors import Illegal
from events.event import Event
from events.standing import Standing
from exchange.protocol.legality import check
from exchange.protocol.questions.enquiry import fitting, knows, prepared
from exchange.protocol.questions.one_document import forms
from exchange.protocol.record import ASKED, CaseState, Record
from exchange.protocol.shown.entries import entries
from tests.properties.commands import Commands
from tests.properties.world import COUNTY, World

FIELDS = ("name", "sex", "born_on", "ethnic_group", "phone", "registration", "address")
STRANGER = "Q"
SHELTERED = 0.25  # how often who was told of in an answer is protected, or no longer


def drawn(seed: int) -> bool:
    """Whether anybody enquires in the history with this seed; the others stay what they were."""
    return seed % 8 in {2, 3, 7}


class Enquiries:
    """Draws one act after the other by which offices ask each other, and answer."""

    def __init__(self, world: World, commands: Commands) -> None:
        self.world = world
        self.commands = commands
        self.random = random.Random(f"enquiries {world.seed}")
        self.sheltering = random.Random(f"sheltering {world.seed}")
        self.strangers: list[str] = []

    def step(self) -> None:
        """One act, in histories with enquiries; and now and then who was told of is protected."""
        if drawn(self.world.seed) and self.sheltering.random() < SHELTERED:
            act = self.sheltering.choice((self._ask_where, self._tell_where, self._tell_where, self._shelter))
            act(self.sheltering.choice(self.world.offices))
        if not drawn(self.world.seed) or self.random.random() < 0.4:
            return
        office = self.random.choice(self.world.offices)
        act = self.random.choice((self._ask, self._ask_about_stranger, self._answer, self._answer, self._within))
        act(office)

    def _ask(self, office: str) -> None:
        record = self._held(office)
        if record is not None:
            self._record(office, record.person, record, self._enquiry(record.persons[0]))

    def _ask_about_stranger(self, office: str) -> None:
        self.strangers.append(f"{STRANGER}{len(self.strangers)}")
        about = self.random.choice(self.commands.persons)
        self._record(office, self.strangers[-1], None, self._enquiry(about))

    def _enquiry(self, about: str) -> EnquiryOpened:
        given = {
            "name": self.random.choice(("甲", "乙", "丁")),
            "document.passport": {"number": f"E1000000{about[-1]}"},
        }
        return EnquiryOpened(
            to=self.random.choice(self.world.offices),
            purpose=self.random.choice(("registration", "identification", "residence", "tax")),
            consent=self.random.random() < 0.7,
            given=given if self.random.random() < 0.9 else {},
            fields=tuple(self.random.sample(FIELDS, 3)),
        )

    def _answer(self, office: str) -> None:
        for record, state in self._cases(office):
            opening = record.facts.get(state.ref.opening)
            if state.ref.asked != office or state.status not in ASKED or opening is None:
                continue
            if self.random.random() < 0.2:
                to = self.random.choice(self.world.offices)
                if to not in {office, state.asker}:
                    self._record(office, opening.event.person, record, Redirected(case=state.ref, to=to))
                return
            self._tell(office, record, state, opening)
            return

    def _tell(self, office: str, record: Record, state: CaseState, opening: Standing) -> None:
        """What is offered; an answer that tells an address names whom it is of."""
        asked = opening.payload
        if not isinstance(asked, EnquiryOpened):
            return
        found = fitting(asked, self.world.records(office))
        offer = prepared(asked, found)
        answer = EnquiryAnswered(
            case=state.ref, held=offer.held, facts=dict(offer.facts), refused=offer.refused, sees=opening.corrections
        )
        others = tuple(p for each in found for p in each.persons if p not in record.persons)
        self._record(office, opening.event.person, record, answer, others if "address" in answer.facts else ())

    def _within(self, office: str) -> None:
        """What the asker does with an enquiry of its own: corrects the addressee, takes the question back."""
        for record, state in self._cases(office):
            if state.asker != office:
                continue
            fact: Fact = Withdrawn(case=state.ref, ground="found")
            if state.ref.opening.author == office and self.random.random() < 0.5:
                to = self.random.choice(self.world.offices)
                change = self.random.choice(({"to": to}, {"name": self.random.choice(("甲", "乙"))}))
                fact = Corrected(target=state.ref.opening, set=change, fields=tuple(change))
            if not (isinstance(fact, Corrected) and fact.set.get("to") == office):
                self._record(office, record.facts[state.ref.opening].event.person, record, fact)
            return

    def _held(self, office: str) -> Record | None:
        held = [r for r in self.world.records(office) if r.facts and not r.only_asked]
        return self.random.choice(held) if held else None

    def _cases(self, office: str) -> list[tuple[Record, CaseState]]:
        found = [(r, c) for r in self.world.records(office) for c in r.cases.values() if c.ref.kind == "enquiry"]
        known = [(r, c) for r, c in found if c.ref.opening in r.facts]
        self.random.shuffle(known)
        return known

    def _ask_where(self, office: str) -> None:
        """An enquiry about a stranger to whoever holds them, with all that it takes to be told where they live."""
        held = [r for o in self.world.offices if o != office for r in self.world.records(o) if knows(r)]
        known = [r for r in held if "name" in r.particulars and list(forms(r.particulars))]
        if not known:
            return
        record = self.sheltering.choice(known)
        entry = self.sheltering.choice(entries(record))  # of a merged person whichever of them was shown
        given = {f: v for f, v in entry.items() if f == "name" or f.startswith("document.")}
        asked = EnquiryOpened(
            to=record.office, purpose="residence", consent=True, given=given, fields=("address", "name")
        )
        self.strangers.append(f"{STRANGER}{len(self.strangers)}")
        self._record(office, self.strangers[-1], None, asked)

    def _tell_where(self, _office: str) -> None:
        """Whoever was asked where somebody lives, and has not said so yet, does."""
        for office in self.world.offices:
            for record in self.world.records(office):
                for state in record.cases.values():
                    opening = record.facts.get(state.ref.opening)
                    waits = state.ref.asked == office and state.status in ASKED
                    if opening is not None and waits and "address" in getattr(opening.payload, "fields", ()):
                        self._tell(office, record, state, opening)
                        return

    def _shelter(self, _office: str) -> None:
        """Who was told of in an answer is protected afterwards, by any office that holds them, or no longer is."""
        about = {p for o in self.world.offices for s in self._answers(o) for p in s.event.frame.touches}
        held = [(o, r) for o in self.world.offices for r in self.world.records(o) if about.intersection(r.persons)]
        if held:
            office, record = self.sheltering.choice(held)
            lifted = Unprotected(ground="no_longer_needed")
            fact: Fact = Protected(ground="threat") if record.protected is None else lifted
            self._record(office, record.person, record, fact)

    def _answers(self, office: str) -> list[Standing]:
        return [s for s in _answered(self.world, office) if s.author == office]

    def _record(
        self, office: str, person: str, record: Record | None, fact: Fact, touches: tuple[str, ...] = ()
    ) -> None:
        try:
            check(fact, self.commands.day(), office, record)
        except Illegal as error:
            counts = self.commands.counts
            counts[f"refused {error.code}"] = counts.get(f"refused {error.code}", 0) + 1
            return
        self.world.tick()
        self.world.command(self.world.author(office, person, "2026-02-01", fact, touches=touches))


def enquiry_faults(world: World) -> list[str]:
    """An enquiry and what is said in it are known to the two sides and nobody else, and both see the same state."""
    events = {e.ref: e for book in world.books.values() for e in book.recorded.values()}
    holders: dict[Ref, set[str]] = {}
    for office, book in world.books.items():
        for event in book.events():
            holders.setdefault(event.ref, set()).add(office)
    # The county is told what it asked to amend, by the book of the office asked (decision 0057).
    amends = (e.author for e in events.values() if isinstance(e.payload, RequestOpened) and e.payload.about is not None)
    overseers = {COUNTY}.intersection(amends)
    faults: list[str] = []
    for ref, event in events.items():
        if isinstance(event.payload, EnquiryOpened):
            sides = overseers | {_heir(world, o, event) for o in {event.author, *_asked(ref, events)}}
            faults += [f"enquiry overheard {ref} by {o}" for o in sorted(holders[ref] - sides)]
            faults += _stranger_faults(world, event)
        elif isinstance(event.payload, Reply) and event.payload.case.kind == "enquiry":
            case = event.payload.case
            about = events.get(case.opening, event)  # the answer may bear the id of whom the person is one with
            sides = {_heir(world, o, about) for o in (case.opening.author, case.asked)}
            sides.add(_heir(world, event.author, event))
            sides |= overseers | ({COUNTY} if isinstance(event.payload, Escalated) else set())
            faults += [f"answer overheard {ref} by {o}" for o in sorted(holders[ref] - sides)]
    return faults + _states(world) + _unsheltered(world)


def _asked(ref: Ref, events: dict[Ref, Event]) -> Iterator[str]:
    """The offices that were ever asked: as recorded, as corrected, or named by a redirect."""
    for other, event in events.items():
        payload = event.payload
        if (other == ref and isinstance(payload, EnquiryOpened)) or (
            isinstance(payload, Redirected) and payload.case.opening == ref
        ):
            yield payload.to
        elif isinstance(payload, Corrected) and _root(event, events) == ref:
            yield from _named(payload.set)


def _root(event: Event, events: dict[Ref, Event]) -> Ref:
    while isinstance(event.payload, Corrected) and event.payload.target in events:
        event = events[event.payload.target]
    return event.ref


def _named(changes: object) -> Iterable[str]:
    if not isinstance(changes, dict):
        return ()
    own = [changes["to"]] if isinstance(changes.get("to"), str) else []
    return [*own, *_named(changes.get("set"))]


def _heir(world: World, office: str, event: Event) -> str:
    return world.directory.successor(office, event.person)


def _stranger_faults(world: World, event: Event) -> list[str]:
    """About somebody whom the asker does not hold: no dossier begins by it, and nobody's joins it."""
    if not event.person.startswith(STRANGER):
        return []
    found = [(o, r) for o in world.books for r in world.records(o) if event.person in r.persons and r.facts]
    return [f"a dossier by an enquiry: {event.ref} at {o}" for o, r in found if not r.only_asked or len(r.persons) > 1]


def _states(world: World) -> list[str]:
    """Both sides of an enquiry show it in one state."""
    seen: dict[object, dict[str, str]] = {}
    for office in world.offices:
        for record in world.records(office):
            for ref, state in record.cases.items():
                if ref.kind == "enquiry" and office in {state.asker, ref.asked}:
                    seen.setdefault(ref, {})[office] = state.status
    return [f"enquiry seen otherwise: {ref} {told}" for ref, told in seen.items() if len(set(told.values())) > 1]


def _answered(world: World, office: str) -> list[Standing]:
    return [standing for record in world.records(office) for standing in record.facts.of(EnquiryAnswered)]


def _unsheltered(world: World) -> list[str]:
    """Nobody holds an address told of a person whom the book of who told it shows to be protected, or who is another
    heir's; nor is it kept back without that.
    """
    faults: list[str] = []
    for office, book in world.books.items():
        protected = {p for r in world.records(office) if r.protected is not None for p in r.persons}
        taken_back = {s.ref for s in _answered(world, office) if s.void}
        for (ref, to), told in book.told.items():
            event = book.event(ref)
            if (
                not isinstance(event.payload, EnquiryAnswered)
                or _heir(world, event.author, event) != office
                or to == office
            ):
                continue  # who succeeded both sides tells itself nothing
            if "address" not in event.payload.facts:
                continue  # it tells none
            meant = {event.person, *event.frame.touches}
            heirs = {world.directory.successor(event.author, person) for person in event.frame.touches}
            withheld = bool(heirs - {office}) or not protected.isdisjoint(meant)
            if to in world.closed and not withheld:
                continue  # what it may be told again it is told once it is open again
            if ref in taken_back and not withheld:
                continue  # what its author took back while it was withheld is not told again
            if withheld == ("address" in told.parts):
                faults.append(f"address of the protected {ref} at {to}: {sorted(told.parts)}")
    return faults
